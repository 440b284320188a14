/** Which resources of the Gateway API are Consul's: Gateways of its class, and the routes that are bound to them. */

import type { Environment } from '../../model/environment.ts';
import { isOfKind } from '../../model/kind.ts';
import type { Resource } from '../../model/manifest.ts';
import { listAt, textAt } from '../../model/value.ts';
import { readParents } from '../kubernetes/gateway/convert/routes.ts';
import { Gateway, GatewayClass, HTTPRoute, TCPRoute } from '../kubernetes/gateway/kinds.ts';

/** The class that consul-k8s installs. */
export const gatewayClass = 'consul';

const group = 'consul.hashicorp.com';
const controller = 'consul.hashicorp.com/gateway-controller';

/** Whether Consul's controller takes a Gateway or a route. It passes over routes on Services. */
export function serves(resource: Resource, environment?: Environment): boolean {
  if (isOfKind(resource, Gateway)) return isOfClass(resource, environment);
  if (!isOfKind(resource, HTTPRoute) && !isOfKind(resource, TCPRoute)) return false;
  if (namesOwnKinds(resource)) return true;
  if (!environment) return false;
  return readParents(resource, environment.namespaceOf(resource)).some((it) => {
    const gateway = it.kind === Gateway.name && environment.index.find(Gateway, it.namespace, it.name);
    return gateway ? isOfClass(gateway, environment) : false;
  });
}

function isOfClass(gateway: Resource, environment: Environment | undefined): boolean {
  const name = textAt(gateway.value, ['spec', 'gatewayClassName']) ?? '';
  const known = environment?.index.find(GatewayClass, '', name);
  return known ? textAt(known.value, ['spec', 'controllerName']) === controller : name === gatewayClass;
}

/** Whether a rule has a filter or a backend that only Consul knows. */
function namesOwnKinds({ value }: Resource): boolean {
  return listAt(value, ['spec', 'rules']).some(
    (rule) =>
      listAt(rule, ['filters']).some((it) => textAt(it, ['extensionRef', 'group']) === group) ||
      listAt(rule, ['backendRefs']).some((it) => textAt(it, ['group']) === group),
  );
}
