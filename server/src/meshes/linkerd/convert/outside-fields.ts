/** Which fields of Linkerd say what of hosts, workloads and clusters outside, and what becomes here of such ideas. */

import type { Kind } from '../../../model/kind.ts';
import type { Answers, FieldRow, Idea, PeculiarField, PlaceRow } from '../../ideas.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { HTTPRoute, TCPRoute, TLSRoute } from '../../kubernetes/gateway/kinds.ts';
import { EgressNetwork, ExternalWorkload, Link } from '../kinds.ts';

function rows(kind: Kind, all: Readonly<Record<string, Idea | PeculiarField>>): readonly FieldRow[] {
  return Object.entries(all).map(([path, it]) =>
    typeof it === 'string' ? { kind, path, idea: it } : { kind, path, peculiar: it },
  );
}

function places(kind: Kind, all: Readonly<Record<string, Idea>>): readonly PlaceRow[] {
  return Object.entries(all).map(([path, idea]) => ({ kind, path, idea }));
}

export const outsideFields: readonly FieldRow[] = [
  ...rows(EgressNetwork, {
    'spec.trafficPolicy': 'egress.policy',
    'spec.networks[*].except.**': {
      code: 'no-equivalent',
      reason: 'No other mesh leaves a part out of a network.',
      risk: 'availability',
    },
    'spec.networks.**': 'egress.address',
  }),
  ...rows(ExternalWorkload, {
    'spec.workloadIPs.**': 'workload.address',
    'spec.ports.**': 'workload.port',
    'spec.meshTLS.**': 'workload.identity',
    'spec.meshTls.**': 'workload.identity',
  }),
  ...rows(Service, {
    'metadata.labels["mirror.linkerd.io/exported"]': 'clusters.export',
    'metadata.labels["mirror.linkerd.io/federated"]': 'clusters.export',
  }),
  ...rows(Link, {
    'spec.**': {
      code: 'install-setting',
      reason: 'How clusters are joined, and by which credentials, is part of the installation of each mesh.',
      risk: 'availability',
    },
  }),
];

export const alsoSaysOfOutside: readonly PlaceRow[] = [
  ...places(TLSRoute, {
    'spec.hostnames.**': 'egress.host',
    'spec.parentRefs[*].port': 'egress.port',
    'spec.rules[*].backendRefs.**': 'egress.lookup',
  }),
  ...places(HTTPRoute, { 'spec.hostnames.**': 'egress.host' }),
  ...places(TCPRoute, { 'spec.parentRefs[*].port': 'egress.port' }),
  ...places(EgressNetwork, { 'metadata.namespace': 'egress.clients' }),
  ...places(ExternalWorkload, { 'metadata.labels.**': 'workload.labels' }),
  ...places(Service, { 'spec.selector.**': 'workload.service' }),
];

const exact = { fate: 'exact' } as const;

export const outsideAnswers = {
  'egress.host': exact,
  'egress.port': exact,
  'egress.address': exact,
  'egress.clients': { fate: 'exact', reason: 'A network is for the clients of its namespace.' },
  'egress.lookup': {
    fate: 'exact',
    reason: 'The connection goes where the client dialled.',
    from: {
      consul: {
        fate: 'changed',
        code: 'dns-resolution',
        reason: 'Linkerd connects to the address that the client looked up itself.',
        risk: 'none',
      },
    },
  },
  'egress.policy': exact,
  'egress.tls': {
    fate: 'lost',
    code: 'tls-origination',
    reason: 'Linkerd opens no TLS for the application.',
    risk: 'availability',
  },
  'egress.tls.name': {
    fate: 'lost',
    code: 'tls-origination',
    reason: 'Linkerd opens no TLS for the application.',
    risk: 'availability',
  },
  'workload.address': exact,
  'workload.port': exact,
  'workload.labels': exact,
  'workload.service': exact,
  'workload.identity': {
    fate: 'changed',
    code: 'vm-identity',
    reason: 'A workload outside gets its identity from SPIRE on its machine, and has no ServiceAccount.',
    risk: 'availability',
  },
  'workload.weight': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Linkerd weighs workloads of a Service by how fast they answer, and by nothing else.',
  },
  'workload.locality': {
    fate: 'lost',
    code: 'locality',
    reason: 'Linkerd does not know in which zone a workload outside is.',
    risk: 'availability',
  },
  'workload.health': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Linkerd does not check the health of workloads outside.',
    risk: 'availability',
  },
  'clusters.export': {
    fate: 'changed',
    code: 'multicluster-name',
    reason: 'Clients of another cluster call it by a name that has that of this cluster at its end.',
    risk: 'availability',
  },
  'clusters.consumers': {
    fate: 'lost',
    code: 'multicluster-name',
    reason: 'Every cluster that is linked to this one gets it.',
  },
} satisfies Partial<Answers>;
