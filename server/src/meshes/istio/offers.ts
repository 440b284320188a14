/** What the workspace has for Istio's selectors, ports and weights. */

import type { Offer, Suggestion } from '../../model/offer.ts';
import type { Environment } from '../../model/environment.ts';
import type { Site } from '../../model/reference.ts';
import {
  containerPorts,
  type Labelled,
  labelOffers,
  namespaceOffer,
  podsBehind,
  podsBeside,
  portOffer,
  shareOffer,
} from '../kubernetes/common/offers.ts';
import { fieldOf } from '../kubernetes/common/references.ts';
import { Gateway as KubernetesGateway } from '../kubernetes/gateway/kinds.ts';
import { everyWorkload, type ServiceFacts, serviceFacts } from '../kubernetes/common/workloads.ts';
import { textAt, textRecordAt } from '../../model/value.ts';
import { rootNamespace } from './convert/read-mutual-tls.ts';
import { serviceOfHost } from './hosts.ts';
import {
  AuthorizationPolicy,
  DestinationRule,
  EnvoyFilter,
  Gateway,
  PeerAuthentication,
  ProxyConfig,
  RequestAuthentication,
  ServiceEntry,
  Sidecar,
  Telemetry,
  TrafficExtension,
  VirtualService,
  WasmPlugin,
} from './kinds.ts';

const routes = ['http', 'tls', 'tcp'].map((it) => `spec.${it}[*].route[*]`);
const destinations = [
  ...routes.map((it) => `${it}.destination`),
  'spec.http[*].mirror',
  'spec.http[*].mirrors[*].destination',
];
const portLevels = [
  'spec.trafficPolicy.portLevelSettings[*].port.number',
  'spec.subsets[*].trafficPolicy.portLevelSettings[*].port.number',
];

export const offers: readonly Offer[] = [
  ...labelOffers(DestinationRule, 'spec.subsets[*].labels', (site, environment) =>
    podsBehind(environment, ruledService(site, environment)),
  ),
  ...labelOffers(DestinationRule, 'spec.workloadSelector.matchLabels'),
  ...labelOffers(Gateway, 'spec.selector', podsBeside, (_site, environment) => everyWorkload(environment)),
  ...labelOffers(VirtualService, 'spec.http[*].match[*].sourceLabels', podsBeside, () => undefined),
  ...labelOffers(ServiceEntry, 'spec.workloadSelector.labels'),
  ...labelOffers(EnvoyFilter, 'spec.workloadSelector.labels', podsBeside, podsOfMesh),
  ...labelOffers(Sidecar, 'spec.workloadSelector.labels', podsBeside, podsOfNamespace),
  ...[AuthorizationPolicy, RequestAuthentication, WasmPlugin].flatMap((it) =>
    labelOffers(it, 'spec.selector.matchLabels', podsBeside, podsOfMesh),
  ),
  ...[ProxyConfig, Telemetry, TrafficExtension].flatMap((it) =>
    labelOffers(it, 'spec.selector.matchLabels', podsBeside, podsOfNamespace),
  ),
  ...labelOffers(PeerAuthentication, 'spec.selector.matchLabels', podsBeside, podsOfPeers),
  ...['namespaces', 'notNamespaces'].map((it) =>
    namespaceOffer(AuthorizationPolicy, `spec.rules[*].from[*].source.${it}[*]`),
  ),
  ...[VirtualService, DestinationRule, ServiceEntry].map((it) => namespaceOffer(it, 'spec.exportTo[*]')),
  { from: PeerAuthentication, path: 'spec.portLevelMtls.*', side: 'key', suggest: portsOfPods },
  ...destinations.map((it) => portOffer(VirtualService, `${it}.port.number`, destinationService)),
  ...portLevels.map((it) => portOffer(DestinationRule, it, ruledService)),
  ...routes.map((it) => shareOffer(VirtualService, `${it}.weight`)),
  { from: KubernetesGateway, path: 'spec.gatewayClassName', side: 'value', suggest: () => gatewayClasses },
];

/** Classes that istiod makes itself, so that no manifest defines them. Source: Istio's page on the Gateway API. */
const gatewayClasses: readonly Suggestion[] = [
  { value: 'istio', detail: 'made by Istio: gateways' },
  { value: 'istio-waypoint', detail: 'made by Istio: waypoints of ambient mode' },
  { value: 'istio-east-west', detail: 'made by Istio: ambient traffic of other networks' },
  { value: 'istio-remote', detail: 'made by Istio: gateways that run elsewhere' },
];

/** In the root namespace these speak of pods of every namespace. */
function podsOfMesh(site: Site, environment: Environment): readonly Labelled[] {
  return site.namespace === rootNamespace ? everyWorkload(environment) : podsBeside(site, environment);
}

/** What labels select in the root namespace, Istio's pages leave open for these. */
function podsOfNamespace(site: Site, environment: Environment): readonly Labelled[] | undefined {
  return site.namespace === rootNamespace ? undefined : podsBeside(site, environment);
}

/** With a selector, a policy of the root namespace counts nowhere. Source: istiod, ComposePeerAuthentication. */
function podsOfPeers(site: Site, environment: Environment): readonly Labelled[] {
  return site.namespace === rootNamespace ? [] : podsBeside(site, environment);
}

/** Numbers of the ports that the containers of the selected pods listen on; a port of the Service is none of them. */
function portsOfPods(site: Site, environment: Environment): readonly Suggestion[] {
  const labels = textRecordAt(site.resource.value, ['spec', 'selector', 'matchLabels']);
  return containerPorts(environment, site.namespace, labels).filter((it) => typeof it.value === 'number');
}

function ruledService(site: Site, environment: Environment): ServiceFacts | undefined {
  return serviceAt(fieldOf(site, ['spec', 'host']), site, environment);
}

/** The Service of `destination.host` for a site at `destination.port.number`. */
function destinationService(site: Site, environment: Environment): ServiceFacts | undefined {
  return serviceAt(textAt(site.resource.value, [...site.path.slice(0, -2), 'host']), site, environment);
}

function serviceAt(
  host: string | undefined,
  { namespace, clusterDomain }: Site,
  environment: Environment,
): ServiceFacts | undefined {
  const service = host === undefined ? undefined : serviceOfHost(host, namespace, clusterDomain);
  return service && serviceFacts(environment, service.namespace, service.name);
}
