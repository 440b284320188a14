/** consul/l7-entry-needs-http: an entry about requests is written for a service whose protocol is not HTTP. */

import type { Environment } from '../../../model/environment.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Fix, Rule, Severity } from '../../../model/rule.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Path } from '../../../model/text.ts';
import { isKnown, listAt, textAt, valueAt } from '../../../model/value.ts';
import { ProxyDefaults, ServiceDefaults, ServiceIntentions, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { httpProtocols, protocolOf } from '../protocol.ts';

export const l7EntryNeedsHttp: Rule = {
  id: 'consul/l7-entry-needs-http',
  severity: 'error',
  summary:
    'A router, splitter or intention with permissions is written for a service whose protocol is not http, http2 or grpc.',
  kinds: [ServiceRouter, ServiceSplitter, ServiceIntentions],
  peers: [],

  *check(resource, environment) {
    const service = serviceOf(resource);
    if (service === undefined || service === '*') return;
    const protocol = protocolOf(environment, service);
    if (httpProtocols.has(protocol.name)) return;
    const defaults = environment.index.all(ServiceDefaults).find((it) => it.name === service);
    const mayGet = (it: Resource, path: Path) =>
      environment.isPatched(it) || !isKnown(it.value, path, it.part.masked.hiddenLines);
    if (defaults && mayGet(defaults, ['spec', 'protocol'])) return;
    // Of defaults whose name a template makes, nobody knows whom they are for.
    if (!protocol.source && environment.index.all(ServiceDefaults).some((it) => it.name === '')) return;
    const isLeftOpen = (it: Resource) => mayGet(it, ['spec', 'config', 'protocol']);
    if (!protocol.source && environment.index.all(ProxyDefaults).some(isLeftOpen)) return;
    yield {
      path: ['metadata', 'name'],
      message: `${resource.kind} needs a service that speaks http, http2 or grpc; "${service}" speaks ${protocol.name}${protocol.source ? '' : ", Consul's default"}.`,
      ...(protocol.source
        ? { related: [{ resource: protocol.source, path: ['spec'], message: `It says ${protocol.name}.` }] }
        : { severity: certainty(environment, environment.namespaceOf(resource), defaults) }),
      fixes: [defaults ? setProtocol(defaults) : createDefaults(resource, service, environment)],
    };
  },
};

/**
 * How sure it is that nobody says a protocol. ProxyDefaults count for the whole cluster and are often kept elsewhere, so
 * that Services in the workspace prove little; entries about defaults show that this is where they are kept.
 */
function certainty(environment: Environment, namespace: string, defaults: Resource | undefined): Severity {
  const { closedWorld } = environment.settings;
  if (closedWorld === true || defaults || environment.index.all(ProxyDefaults).length > 0) return 'error';
  if (closedWorld === false) return 'hint';
  const keepsDefaults = environment.index.all(ServiceDefaults).length > 0;
  return keepsDefaults || (environment.isDeclared && environment.isClosed(namespace)) ? 'warning' : 'hint';
}

/** The service an entry is about, if the entry looks into requests. */
function serviceOf(resource: Resource): string | undefined {
  if (!isOfKind(resource, ServiceIntentions)) return resource.name === '' ? undefined : resource.name;
  const looksIntoRequests = listAt(resource.value, ['spec', 'sources']).some(
    (it) => listAt(it, ['permissions']).length > 0,
  );
  return looksIntoRequests ? textAt(resource.value, ['spec', 'destination', 'name']) : undefined;
}

function setProtocol(defaults: Resource): Fix {
  const path = ['spec', 'protocol'];
  const exists = valueAt(defaults.value, path) !== undefined;
  return {
    title: `Set protocol http in ServiceDefaults "${defaults.name}"`,
    edits: () => [{ type: exists ? 'replace-value' : 'insert', resource: defaults, path, value: 'http' }],
  };
}

function createDefaults(resource: Resource, service: string, environment: Environment): Fix {
  const namespace = environment.namespaceOf(resource);
  const metadata =
    resource.namespace === undefined ? `  name: ${service}\n` : `  name: ${service}\n  namespace: ${namespace}\n`;
  return {
    title: `Create ServiceDefaults "${service}" with protocol http`,
    edits: () => [
      {
        type: 'append-document',
        uri: resource.uri,
        text: `apiVersion: consul.hashicorp.com/v1alpha1\nkind: ServiceDefaults\nmetadata:\n${metadata}spec:\n  protocol: http\n`,
      },
    ],
  };
}
