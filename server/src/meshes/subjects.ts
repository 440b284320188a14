/**
 * What each kind is about, as the tree of a workspace shows it: which hosts, or pods, and what it does to their traffic.
 * The fields are those of upstream's own pages on the kinds; names among them are looked up by the reference tables.
 */

import { type Kind, kindId } from '../model/kind.ts';
import type { Path } from '../model/text.ts';
import * as consul from './consul/kinds.ts';
import * as istio from './istio/kinds.ts';
import { Service, workloadKinds } from './kubernetes/common/kinds.ts';
import * as gateway from './kubernetes/gateway/kinds.ts';
import * as multicluster from './kubernetes/multicluster/kinds.ts';
import * as smi from './kubernetes/smi/kinds.ts';
import * as linkerd from './linkerd/kinds.ts';

/** What a resource does to the traffic of its host: lets it in, leads it, shapes it where it arrives, or judges it. */
export type TrafficRole = 'gateway' | 'route' | 'destination' | 'policy' | 'other';

export interface SubjectRow {
  readonly kind: Kind;
  readonly role: TrafficRole;
  /** Patterns of fields that name what it is about. */
  readonly names?: readonly string[];
  /** Patterns of fields whose texts are hosts by themselves, where no resource of that name is here. */
  readonly hosts?: readonly string[];
  /** Maps of labels, or selectors, that choose the pods it is about. */
  readonly pods?: readonly Path[];
}

const parents = ['spec.parentRefs[*].name'];
const targets = ['spec.targetRef.name', 'spec.targetRefs[*].name'];
const selector: Path = ['spec', 'selector'];
const workloadSelector: Path = ['spec', 'workloadSelector'];

const rows: readonly SubjectRow[] = [
  { kind: istio.Gateway, role: 'gateway' },
  { kind: istio.VirtualService, role: 'route', names: ['spec.hosts[*]'], hosts: ['spec.hosts[*]'] },
  { kind: istio.DestinationRule, role: 'destination', names: ['spec.host'], hosts: ['spec.host'] },
  { kind: istio.ServiceEntry, role: 'destination', hosts: ['spec.hosts[*]'] },
  { kind: istio.WorkloadEntry, role: 'destination', pods: [['spec', 'labels']] },
  { kind: istio.WorkloadGroup, role: 'destination', pods: [['spec', 'metadata', 'labels']] },
  { kind: istio.PeerAuthentication, role: 'policy', pods: [selector] },
  { kind: istio.AuthorizationPolicy, role: 'policy', names: targets, pods: [selector] },
  { kind: istio.RequestAuthentication, role: 'policy', names: targets, pods: [selector] },
  { kind: istio.Sidecar, role: 'other', pods: [workloadSelector] },
  { kind: istio.EnvoyFilter, role: 'other', names: targets, pods: [workloadSelector] },
  { kind: istio.ProxyConfig, role: 'other', pods: [selector] },
  { kind: istio.Telemetry, role: 'other', names: targets, pods: [selector] },
  { kind: istio.TrafficExtension, role: 'other', names: targets, pods: [selector] },
  { kind: istio.WasmPlugin, role: 'other', names: targets, pods: [selector] },
  { kind: istio.IstioOperator, role: 'other' },

  { kind: linkerd.PolicyHTTPRoute, role: 'route', names: parents },
  { kind: linkerd.ServiceProfile, role: 'route', names: ['metadata.name'], hosts: ['metadata.name'] },
  { kind: linkerd.EgressNetwork, role: 'destination' },
  { kind: linkerd.ExternalWorkload, role: 'destination', pods: [['metadata', 'labels']] },
  { kind: linkerd.Server, role: 'policy', pods: [['spec', 'podSelector']] },
  { kind: linkerd.AuthorizationPolicy, role: 'policy', names: ['spec.targetRef.name'] },
  { kind: linkerd.ServerAuthorization, role: 'policy', names: ['spec.server.name'] },
  { kind: linkerd.MeshTLSAuthentication, role: 'policy' },
  { kind: linkerd.NetworkAuthentication, role: 'policy' },
  { kind: linkerd.HTTPLocalRateLimitPolicy, role: 'policy', names: ['spec.targetRef.name'] },
  { kind: linkerd.Link, role: 'other' },

  { kind: consul.IngressGateway, role: 'gateway' },
  { kind: consul.TerminatingGateway, role: 'gateway' },
  ...[consul.ServiceRouter, consul.ServiceSplitter].map((kind) => ofEntry(kind, 'route')),
  ...[consul.ServiceResolver, consul.ServiceDefaults].map((kind) => ofEntry(kind, 'destination')),
  { kind: consul.Registration, role: 'destination', hosts: ['spec.service.name'] },
  { kind: consul.MeshService, role: 'destination' },
  {
    kind: consul.ServiceIntentions,
    role: 'policy',
    names: ['spec.destination.name'],
    hosts: ['spec.destination.name'],
  },
  { kind: consul.RateLimit, role: 'policy' },
  { kind: consul.JWTProvider, role: 'policy' },
  { kind: consul.GatewayPolicy, role: 'policy', names: ['spec.targetRef.name'] },
  { kind: consul.RouteAuthFilter, role: 'policy' },
  { kind: consul.TrafficPermissions, role: 'policy' },
  ...[
    consul.ProxyDefaults,
    consul.Mesh,
    consul.ControlPlaneRequestLimit,
    consul.ExportedServices,
    consul.GatewayClassConfig,
    consul.PeeringAcceptor,
    consul.PeeringDialer,
    consul.RouteExtProc,
    consul.RouteRetryFilter,
    consul.RouteTLSSDSFilter,
    consul.RouteTimeoutFilter,
    consul.SamenessGroup,
  ].map((kind): SubjectRow => ({ kind, role: 'other' })),

  ...[gateway.Gateway, gateway.ListenerSet, gateway.GatewayClass].map(
    (kind): SubjectRow => ({ kind, role: 'gateway' }),
  ),
  ...[gateway.HTTPRoute, gateway.GRPCRoute, gateway.TLSRoute].map(
    (kind): SubjectRow => ({ kind, role: 'route', names: parents, hosts: ['spec.hostnames[*]'] }),
  ),
  ...[gateway.TCPRoute, gateway.UDPRoute].map((kind): SubjectRow => ({ kind, role: 'route', names: parents })),
  { kind: gateway.BackendTLSPolicy, role: 'destination', names: targets },
  { kind: gateway.XBackendTrafficPolicy, role: 'destination', names: targets },
  { kind: gateway.XBackend, role: 'destination' },
  { kind: gateway.ReferenceGrant, role: 'policy' },
  { kind: gateway.XMesh, role: 'other' },

  { kind: smi.TrafficSplit, role: 'route', names: ['spec.service'], hosts: ['spec.service'] },
  { kind: smi.TrafficTarget, role: 'policy' },
  ...[smi.HTTPRouteGroup, smi.TCPRoute, smi.UDPRoute].map((kind): SubjectRow => ({ kind, role: 'route' })),

  ...[multicluster.ServiceExport, multicluster.ServiceImport].map(
    (kind): SubjectRow => ({ kind, role: 'destination', hosts: ['metadata.name'] }),
  ),
  { kind: Service, role: 'destination', hosts: ['metadata.name'] },
  ...workloadKinds.map(
    ({ kind, template }): SubjectRow => ({ kind, role: 'other', pods: [[...template, 'metadata', 'labels']] }),
  ),
];

/** A config entry of Consul is about the service whose name it has. */
function ofEntry(kind: Kind, role: TrafficRole): SubjectRow {
  return { kind, role, names: ['metadata.name'], hosts: ['metadata.name'] };
}

const byKind = new Map(rows.map((it) => [kindId(it.kind), it]));

/** What is known of a kind, by its id; undefined for kinds that the tree shows without a subject. */
export function subjectOf(id: string): SubjectRow | undefined {
  return byKind.get(id);
}
