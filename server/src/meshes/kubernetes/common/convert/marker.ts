/** What writers of marks need of the conversion that they are part of. */

import type { Environment } from '../../../../model/environment.ts';
import type { Origin } from '../../../../model/ir.ts';
import type { MeshId } from '../../../../model/mesh-id.ts';
import type { Ledger } from '../../../../model/report.ts';
import type { Bearer, Marks } from './bearers.ts';

export interface Marker {
  /** The mesh that is written for. */
  readonly mesh: MeshId;
  readonly environment: Environment;
  readonly ledger: Ledger;
  /** Whether a Namespace speaks for the proxies of its pods. */
  readonly byNamespace: boolean;
  /** The value of a mark, counting what was written so far. */
  known(bearer: Bearer, part: Marks, key: string): string | undefined;
  /** Writes a mark; `from` asks for it. */
  set(bearer: Bearer, part: Marks, key: string, value: string, from: readonly Origin[]): void;
}
