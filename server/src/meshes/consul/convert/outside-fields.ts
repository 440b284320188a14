/** Which fields of Consul say what of hosts, workloads and clusters outside, and what becomes in Consul of such ideas. */

import type { Kind } from '../../../model/kind.ts';
import type { Answers, FieldRow, Idea, PeculiarField, PlaceRow } from '../../ideas.ts';
import {
  ExportedServices,
  Mesh,
  PeeringAcceptor,
  PeeringDialer,
  Registration,
  ServiceDefaults,
  ServiceIntentions,
  TerminatingGateway,
} from '../kinds.ts';

function rows(kind: Kind, all: Readonly<Record<string, Idea | PeculiarField>>): readonly FieldRow[] {
  return Object.entries(all).map(([path, it]) =>
    typeof it === 'string' ? { kind, path, idea: it } : { kind, path, peculiar: it },
  );
}

function places(kind: Kind, all: Readonly<Record<string, Idea>>): readonly PlaceRow[] {
  return Object.entries(all).map(([path, idea]) => ({ kind, path, idea }));
}

const catalog: PeculiarField = {
  code: 'no-equivalent',
  reason: 'It is for the catalog of Consul alone; no other mesh keeps workloads outside under such a name.',
  risk: 'none',
};
const joined: PeculiarField = {
  code: 'install-setting',
  reason: 'How clusters are joined, and by which credentials, is part of the installation of each mesh.',
  risk: 'availability',
};
const enterprise: PeculiarField = {
  code: 'enterprise',
  reason: 'Namespaces, partitions and sameness groups of Consul Enterprise have nothing like them elsewhere.',
  risk: 'availability',
};

export const outsideFields: readonly FieldRow[] = [
  ...rows(ServiceDefaults, {
    'spec.destination.addresses.**': 'egress.host',
    'spec.destination.port': 'egress.port',
    'spec.destination': 'egress.host',
    'spec.externalSNI': {
      code: 'tls-origination',
      reason: 'The server name that goes to a host outside is set where TLS to it begins.',
      risk: 'behaviour',
    },
  }),
  ...rows(TerminatingGateway, {
    'spec.services[*].name': 'egress.lookup',
    'spec.services[*].caFile': 'egress.tls',
    'spec.services[*].certFile': 'egress.tls',
    'spec.services[*].keyFile': 'egress.tls',
    'spec.services[*].sni': 'egress.tls.name',
    'spec.services[*].namespace': enterprise,
    'spec.services[*].secretRef.**': {
      code: 'cert-source',
      reason: 'Elsewhere the certificate for a host outside comes from another place; set it up there.',
      risk: 'availability',
    },
    'spec.services.**': {
      code: 'no-equivalent',
      reason: 'Which host a request outside names, other meshes leave to the application.',
      risk: 'behaviour',
    },
    'spec.deployment.**': {
      code: 'gateway-deploy',
      reason: 'It shapes the pods of the gateway, of which other meshes need none.',
      risk: 'none',
    },
  }),
  ...rows(Mesh, { 'spec.transparentProxy.**': 'egress.policy' }),
  ...rows(Registration, {
    'spec.address': 'workload.address',
    'spec.service.name': 'workload.service',
    'spec.service.address': 'workload.address',
    'spec.service.port': 'workload.port',
    'spec.service.meta.**': 'workload.labels',
    'spec.service.weights.passing': 'workload.weight',
    'spec.service.locality.**': 'workload.locality',
    'spec.locality.**': 'workload.locality',
    'spec.check.**': 'workload.health',
    'spec.service.namespace': enterprise,
    'spec.service.partition': enterprise,
    'spec.partition': enterprise,
    'spec.**': catalog,
  }),
  ...rows(ExportedServices, {
    'spec.services[*].name': 'clusters.export',
    'spec.services[*].consumers[*].peer': 'clusters.consumers',
    'spec.**': enterprise,
  }),
  ...rows(PeeringAcceptor, { 'spec.**': joined }),
  ...rows(PeeringDialer, { 'spec.**': joined }),
];

export const alsoSaysOfOutside: readonly PlaceRow[] = [
  ...places(ServiceDefaults, { 'spec.destination.addresses.**': 'egress.address' }),
  ...places(ServiceIntentions, { 'spec.sources[*].name': 'egress.clients' }),
];

const exact = { fate: 'exact' } as const;

export const outsideAnswers = {
  'egress.host': exact,
  'egress.port': exact,
  'egress.address': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Consul finds out the address of a host by DNS.',
    risk: 'availability',
    from: { linkerd: { fate: 'exact', reason: 'What is open needs no word; single addresses are destinations.' } },
  },
  'egress.clients': {
    fate: 'changed',
    code: 'namespace-enumerated',
    reason: 'Consul knows no namespaces: intentions name the services that may call.',
    risk: 'availability',
  },
  'egress.lookup': {
    fate: 'changed',
    code: 'dns-resolution',
    reason: 'The terminating gateway looks the name up.',
    risk: 'none',
  },
  'egress.policy': { fate: 'exact', reason: 'For the whole mesh; Consul has no other scope.' },
  'egress.tls': {
    fate: 'changed',
    code: 'cert-files',
    reason: 'The file has to be in the terminating gateway.',
    risk: 'availability',
  },
  'egress.tls.name': exact,
  'workload.address': exact,
  'workload.port': exact,
  'workload.labels': exact,
  'workload.service': exact,
  'workload.identity': {
    fate: 'lost',
    code: 'vm-identity',
    reason: 'A registered workload has no identity in the mesh.',
    risk: 'availability',
  },
  'workload.weight': exact,
  'workload.locality': {
    fate: 'lost',
    code: 'enterprise',
    reason: 'Only Consul Enterprise prefers places.',
    risk: 'availability',
  },
  'workload.health': {
    fate: 'changed',
    code: 'no-equivalent',
    reason: 'A server of Consul asks the workload from afar.',
    risk: 'none',
  },
  'clusters.export': {
    fate: 'changed',
    code: 'multicluster-name',
    reason: 'Clients of another cluster call it by the name of the peer too; intentions have to let them in.',
    risk: 'availability',
  },
  'clusters.consumers': exact,
} satisfies Partial<Answers>;
