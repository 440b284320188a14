/**
 * What a mesh is made of, for drawings: today, and as guides of 2023 draw it. Sources: istio architecture/ambient,
 * manifests/charts; linkerd2 charts/linkerd-control-plane, policy-controller; consul-k8s charts/consul; istio.io "Architecture",
 * "Ambient architecture", linkerd.io "Architecture", developer.hashicorp.com "Consul Dataplane".
 */

import type { MeshId } from '../../model/mesh-id.ts';

export interface Architecture {
  /** Stable name: `istio-ambient`. */
  readonly id: string;
  readonly title: string;
  /** Set on those that are no longer so, with what is wrong today; Markdown within a paragraph. */
  readonly history?: string;
  readonly control: Box;
  /** What the control plane tells the data plane. */
  readonly tells: string;
  /** What requests pass on their way between the boxes below, where there is something. */
  readonly between?: Box;
  /** Pods, or nodes, side by side. */
  readonly below: readonly [Box, Box];
  /** How these two talk. */
  readonly wire: string;
}

export interface Box {
  readonly title: string;
  readonly parts: readonly Part[];
}

export interface Part {
  readonly name: string;
  /** What it does, in a few words; absent where the name says it. */
  readonly does?: string;
  /** Whether it carries requests. */
  readonly isProxy?: true;
}

const app = (name: string): Part => ({ name: `Application ${name}` });
const proxy = (name: string, does?: string): Part => ({ name, isProxy: true, ...(does === undefined ? {} : { does }) });

/** Two pods, each with an application and what stands beside it. */
function pods(...beside: readonly Part[]): readonly [Box, Box] {
  return [
    { title: 'Pod A', parts: [app('A'), ...beside] },
    { title: 'Pod B', parts: [app('B'), ...beside] },
  ];
}

const istiod: Box = {
  title: 'Control plane: istiod',
  parts: [
    { name: 'Configuration', does: 'turns resources into xDS' },
    { name: 'Authority', does: 'signs certificates' },
    { name: 'Validation', does: 'webhook for resources' },
    { name: 'Injection', does: 'webhook for pods' },
  ],
};

export const architectures: Readonly<Record<MeshId, readonly Architecture[]>> = {
  istio: [
    {
      id: 'istio-sidecar',
      title: 'Istio with sidecars',
      control: istiod,
      tells: 'xDS: configuration, certificates',
      below: pods(proxy('Envoy', 'sidecar')),
      wire: 'mutual TLS',
    },
    {
      id: 'istio-ambient',
      title: 'Istio in ambient mode',
      control: istiod,
      tells: 'xDS: configuration, certificates',
      between: { title: 'Waypoint, where HTTP matters', parts: [proxy('Envoy', 'routes and policies for HTTP')] },
      below: [
        { title: 'Node 1', parts: [app('A'), proxy('ztunnel', 'one a node')] },
        { title: 'Node 2', parts: [app('B'), proxy('ztunnel', 'one a node')] },
      ],
      wire: 'HBONE: mutual TLS',
    },
    {
      id: 'istio-history',
      title: 'Istio as guides of 2023 draw it',
      history:
        'Pilot, Citadel and Galley have been one program, `istiod`, since 1.5 (2020). Ambient mode, stable since 1.24, is missing.',
      control: {
        title: 'Control plane: istiod',
        parts: [
          { name: 'Pilot', does: 'configuration' },
          { name: 'Citadel', does: 'certificates' },
          { name: 'Galley', does: 'validation' },
        ],
      },
      tells: 'configuration',
      below: pods(proxy('Envoy', 'sidecar')),
      wire: 'mutual TLS',
    },
  ],
  linkerd: [
    {
      id: 'linkerd-today',
      title: 'Linkerd',
      control: {
        title: 'Control plane: linkerd',
        parts: [
          { name: 'Destination', does: 'discovery, profiles' },
          { name: 'Policy controller', does: 'routes, authorization' },
          { name: 'Identity', does: 'signs certificates' },
          { name: 'Proxy injector', does: 'webhook for pods' },
        ],
      },
      tells: 'gRPC: endpoints, policy, certificates',
      below: pods(proxy('linkerd2-proxy', 'native sidecar')),
      wire: 'mutual TLS',
    },
    {
      id: 'linkerd-history',
      title: 'Linkerd as guides of 2023 draw it',
      history:
        'The policy controller is missing, which has run beside the destination controller since 2.11. Native sidecars are the default since 2.20.',
      control: {
        title: 'Control plane: linkerd',
        parts: [
          { name: 'Destination', does: 'discovery' },
          { name: 'Identity', does: 'certificates' },
          { name: 'Proxy injector', does: 'injection' },
        ],
      },
      tells: 'configuration',
      below: pods(proxy('linkerd2-proxy', 'sidecar')),
      wire: 'mutual TLS',
    },
  ],
  consul: [
    {
      id: 'consul-today',
      title: 'Consul on Kubernetes',
      control: {
        title: 'Control plane: Consul servers',
        parts: [
          { name: 'Catalogue', does: 'services and their health' },
          { name: 'Authority', does: 'signs certificates' },
          { name: 'Raft', does: 'keeps servers agreed' },
          { name: 'Injector, controllers', does: 'webhooks, resources' },
        ],
      },
      tells: 'gRPC and xDS: configuration, certificates',
      below: pods(proxy('consul-dataplane with Envoy', 'one a pod')),
      wire: 'mutual TLS',
    },
    {
      id: 'consul-history',
      title: 'Consul as guides of 2023 draw it',
      history:
        'Agents beside the pods are gone since consul-k8s 1.0 (November 2022); on virtual machines there still are some.',
      control: {
        title: 'Control plane: Consul servers',
        parts: [{ name: 'Service catalogue' }, { name: 'Certificate authority' }, { name: 'Raft', does: 'consensus' }],
      },
      tells: 'gossip, xDS',
      below: pods({ name: 'Consul agent' }, proxy('Envoy')),
      wire: 'mutual TLS',
    },
  ],
};
