/** Istio, as the rest of the product asks for it. */

import { Namespace, Service, workloadKinds } from '../kubernetes/common/kinds.ts';
import { ServiceExport } from '../kubernetes/multicluster/kinds.ts';
import type { Mesh } from '../mesh.ts';
import { alsoSays, answers, fields } from './convert/fields.ts';
import { keeps } from './convert/keep.ts';
import { read } from './convert/read.ts';
import { write } from './convert/write.ts';
import { declarations } from './declarations.ts';
import { gatewayApi } from './gateway-api.ts';
import { kindsIn } from '../../model/kind.ts';
import * as kinds from './kinds.ts';
import { moving } from './moving.ts';
import { references } from './references.ts';
import { rules } from './rules/rules.ts';

export const istio: Mesh = {
  id: 'istio',
  name: 'Istio',
  kinds: kindsIn(kinds),
  shares: [Service, Namespace, ...workloadKinds.map((it) => it.kind), ServiceExport],
  declarations,
  references,
  rules,
  gatewayClass: 'istio',
  // What it implements of the Gateway API it does as the Gateway API says.
  serves: () => false,
  fields,
  alsoSays,
  answers,
  gatewayApi,
  moving,
  keeps,
  read,
  write,
};
