/** Which fields of Istio say what of hosts, workloads and clusters outside, and what becomes in Istio of such ideas. */

import type { Kind } from '../../../model/kind.ts';
import type { Answers, FieldRow, Idea, PeculiarField, PlaceRow } from '../../ideas.ts';
import { ServiceExport } from '../../kubernetes/multicluster/kinds.ts';
import { DestinationRule, ServiceEntry, Sidecar, WorkloadEntry, WorkloadGroup } from '../kinds.ts';

function rows(kind: Kind, all: Readonly<Record<string, Idea | PeculiarField>>): readonly FieldRow[] {
  return Object.entries(all).map(([path, it]) =>
    typeof it === 'string' ? { kind, path, idea: it } : { kind, path, peculiar: it },
  );
}

function places(kind: Kind, all: Readonly<Record<string, Idea>>): readonly PlaceRow[] {
  return Object.entries(all).map(([path, idea]) => ({ kind, path, idea }));
}

const network: PeculiarField = {
  code: 'no-equivalent',
  reason: 'Other meshes do not tell networks apart by name; the address has to be reachable from every client.',
  risk: 'availability',
};

/** What endpoints in an entry and entries of their own have alike. */
function workload(at: string): Readonly<Record<string, Idea | PeculiarField>> {
  return {
    [`${at}.address`]: 'workload.address',
    [`${at}.ports.**`]: 'workload.port',
    [`${at}.labels.**`]: 'workload.labels',
    [`${at}.serviceAccount`]: 'workload.identity',
    [`${at}.weight`]: 'workload.weight',
    [`${at}.locality`]: 'workload.locality',
    [`${at}.network`]: network,
  };
}

const onMachine: PeculiarField = {
  code: 'no-equivalent',
  reason: 'Istio checks the health of the workload on its machine, and only there this can be done.',
  risk: 'behaviour',
};

export const outsideFields: readonly FieldRow[] = [
  ...rows(ServiceEntry, {
    'spec.hosts.**': 'egress.host',
    'spec.location': 'egress.host',
    'spec.addresses.**': 'egress.address',
    'spec.ports.**': 'egress.port',
    'spec.exportTo.**': 'egress.clients',
    'spec.resolution': 'egress.lookup',
    'spec.workloadSelector.**': 'workload.service',
    ...workload('spec.endpoints[*]'),
    'spec.endpoints': {
      code: 'dns-resolution',
      reason: 'Other meshes look hosts up, or go where the client dialled; a list of places does not count.',
      risk: 'availability',
    },
    'spec.subjectAltNames.**': {
      code: 'no-equivalent',
      reason: 'Which names the certificates of its workloads must have, only Istio checks for hosts of its own list.',
      risk: 'behaviour',
    },
  }),
  ...rows(WorkloadEntry, workload('spec')),
  ...rows(WorkloadGroup, {
    'spec.probe.httpGet.httpHeaders.**': onMachine,
    'spec.probe.httpGet.**': 'workload.health',
    'spec.probe.tcpSocket.**': 'workload.health',
    'spec.probe.grpc.service': onMachine,
    'spec.probe.grpc.**': 'workload.health',
    'spec.probe.periodSeconds': 'workload.health',
    'spec.probe.timeoutSeconds': 'workload.health',
    'spec.probe.**': onMachine,
    'spec.**': {
      code: 'template-only',
      reason:
        'A group is a template for workloads that register themselves with Istio; the workloads are written, not the template.',
      risk: 'behaviour',
    },
  }),
  ...rows(Sidecar, {
    'spec.workloadSelector.labels.*': 'limit.inbound',
    'spec.inboundConnectionPool.tcp.maxConnections': 'limit.inbound',
    'spec.inboundConnectionPool.**': {
      code: 'no-equivalent',
      reason: 'Other meshes limit how many connections a service takes, at the most, and nothing else of them.',
      risk: 'availability',
    },
    'spec.outboundTrafficPolicy.mode': 'egress.policy',
    'spec.outboundTrafficPolicy.**': {
      code: 'no-equivalent',
      reason: 'Unknown hosts are not sent through a proxy of yours; they are called directly, or refused.',
      risk: 'behaviour',
    },
    'spec.egress.**': {
      code: 'scope',
      reason: 'It spares the proxy what it does not need to know; elsewhere proxies find hosts when they are called.',
      risk: 'none',
    },
    'spec.**': {
      code: 'no-equivalent',
      reason: 'How a proxy takes connections in and hands them to its application, other meshes decide themselves.',
      risk: 'behaviour',
    },
  }),
  ...rows(DestinationRule, {
    'spec.trafficPolicy.tls.caCertificates': 'egress.tls',
    'spec.trafficPolicy.tls.clientCertificate': 'egress.tls',
    'spec.trafficPolicy.tls.privateKey': 'egress.tls',
  }),
  ...rows(ServiceExport, {
    'spec.**': {
      code: 'multicluster-name',
      reason: 'Labels and annotations of an import are those of the Service elsewhere.',
      risk: 'none',
    },
  }),
];

export const alsoSaysOfOutside: readonly PlaceRow[] = [
  ...places(DestinationRule, {
    'spec.trafficPolicy.tls.sni': 'egress.tls.name',
    'spec.trafficPolicy.tls.credentialName': 'egress.tls',
  }),
  ...places(ServiceExport, { 'metadata.name': 'clusters.export' }),
];

const exact = { fate: 'exact' } as const;

export const outsideAnswers = {
  'egress.host': exact,
  'egress.port': exact,
  'egress.address': exact,
  'egress.clients': exact,
  'egress.lookup': exact,
  'egress.policy': exact,
  'egress.tls': {
    fate: 'changed',
    code: 'tls-origination',
    reason: 'TLS begins in the sidecar of the client: the file has to be there, or in a Secret.',
    risk: 'availability',
  },
  'egress.tls.name': exact,
  'workload.address': exact,
  'workload.port': exact,
  'workload.labels': exact,
  'workload.service': exact,
  'workload.identity': { fate: 'exact', reason: 'Where it is that of a ServiceAccount.' },
  'workload.weight': exact,
  'workload.locality': exact,
  'workload.health': {
    fate: 'lost',
    code: 'no-equivalent',
    reason: 'Istio asks a workload that registered itself for its health (WorkloadGroup, probe), not one of a list.',
    risk: 'availability',
  },
  'clusters.export': {
    fate: 'changed',
    code: 'multicluster-name',
    reason: 'It counts with the Multi-Cluster Services API switched on; else all clusters share all services.',
    risk: 'availability',
  },
  'clusters.consumers': {
    fate: 'lost',
    code: 'multicluster-name',
    reason: 'An export is for every cluster of the set, not for some of them.',
  },
} satisfies Partial<Answers>;
