/** Consul, as the product sees it. */

import { Namespace, Service, workloadKinds } from '../kubernetes/common/kinds.ts';
import { Gateway, HTTPRoute, TCPRoute } from '../kubernetes/gateway/kinds.ts';
import type { Mesh } from '../mesh.ts';
import { alsoSays, answers, fields } from './convert/fields.ts';
import { read } from './convert/read.ts';
import { write } from './convert/write.ts';
import { declarations } from './declarations.ts';
import { gatewayApi } from './gateway-api.ts';
import { kindsIn } from '../../model/kind.ts';
import * as kinds from './kinds.ts';
import { moving } from './moving.ts';
import { references } from './references.ts';
import { rules } from './rules/rules.ts';
import { gatewayClass, serves } from './serves.ts';
import { superseded } from './superseded.ts';

export const consul: Mesh = {
  id: 'consul',
  name: 'Consul',
  kinds: kindsIn(kinds),
  declarations,
  references,
  rules,
  shares: [Gateway, HTTPRoute, TCPRoute, Service, Namespace, ...workloadKinds.map((it) => it.kind)],
  gatewayClass,
  serves,
  fields,
  alsoSays,
  answers,
  superseded,
  gatewayApi,
  moving,
  read,
  write,
};
