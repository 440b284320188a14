/**
 * Services that decide about requests, as the extension builtin/ext-authz in ServiceDefaults. It asks about every request of
 * a service; unless it is required, requests pass while nobody answers. Source: consul
 * agent/envoyextensions/builtin/ext-authz.
 */

import { askedOfAccess, askedOfRule, originsOf } from '../../../model/access-origins.ts';
import type { Access, Asked, Authorizer, Origin, Peculiar } from '../../../model/ir.ts';
import type { Environment } from '../../../model/environment.ts';
import type { Resource } from '../../../model/manifest.ts';
import { leavesOf } from '../../../model/report.ts';
import { isWithin, type Path } from '../../../model/text.ts';
import { isRecord, listAt, textAt } from '../../../model/value.ts';
import { serviceFacts, type ServiceFacts } from '../../kubernetes/common/workloads.ts';
import { ServiceDefaults } from '../kinds.ts';
import type { Drafts } from './drafts.ts';
import { durationText, parseDuration } from './durations.ts';
import { serviceOfEntry } from './read-routes.ts';
import { consulName, serviceNamed } from './services.ts';

export const extAuthz = 'builtin/ext-authz';

// ---- Reading -------------------------------------------------------------------------------------------------------

/** The policies by authorizers that an entry of a service asks for; those beside the proxy are out of reach elsewhere. */
export function readAuthorizers(
  defaults: Resource,
  environment: Environment,
): { readonly policies: readonly Access[]; readonly peculiar: readonly Peculiar[] } {
  const policies: Access[] = [];
  const peculiar: Peculiar[] = [];
  for (const [at, extension] of listAt(defaults.value, ['spec', 'envoyExtensions']).entries()) {
    if (textAt(extension, ['name']) !== extAuthz) continue;
    const origin = { resource: defaults, path: ['spec', 'envoyExtensions', at] };
    const authorizer = readAuthorizer(extension, environment.namespaceOf(defaults), environment);
    const service = serviceOfEntry(environment, defaults);
    const labels = serviceFacts(environment, service.namespace, service.name)?.selector ?? {};
    if (!authorizer) {
      const reason = 'It asks an authorizer beside the proxy, or in a way that is not known; no other mesh is told to.';
      peculiar.push({ from: [origin], code: 'ext-authz', reason, risk: 'security' });
      continue;
    }
    const rule = { clients: [], notClients: [], networks: [], notNetworks: [], operations: [], conditions: [] };
    policies.push({
      name: `${service.name}-ext-authz`,
      namespace: service.namespace,
      target: { value: { type: 'workload', namespace: service.namespace, labels, service }, from: [] },
      effect: { value: 'custom', from: [] },
      authorizer: { value: authorizer, from: knownLeaves(defaults, origin.path) },
      combine: 'deny-over-allow',
      otherwise: 'allow',
      rules: [rule],
    });
  }
  return { policies, peculiar };
}

/** What is read of an extension, in any case; what else it says is left to the tables. */
const known =
  /^(?:name|required|arguments\.(?:proxytype|listenertype|config\.(?:grpc|http)service\.(?:target\..*|pathprefix)))$/i;

function knownLeaves(resource: Resource, path: Path): readonly Origin[] {
  return leavesOf(resource)
    .filter((it) => isWithin(it, path) && known.test(it.slice(path.length).join('.')))
    .map((it) => ({ resource, path: it }));
}

function readAuthorizer(extension: unknown, namespace: string, environment: Environment): Authorizer | undefined {
  const config = fieldIn(extension, 'arguments', 'config');
  const protocol = fieldIn(config, 'grpcService') === undefined ? 'http' : 'grpc';
  const settings = fieldIn(config, `${protocol}Service`);
  const name = fieldIn(settings, 'target', 'service', 'name');
  if (typeof name !== 'string') return undefined;
  const [timeout, prefix] = [fieldIn(settings, 'target', 'timeout'), fieldIn(settings, 'pathPrefix')];
  const millis = typeof timeout === 'string' ? parseDuration(timeout) : undefined;
  return {
    protocol,
    service: serviceNamed(environment, name, namespace),
    ...(typeof prefix === 'string' && prefix !== '' && { pathPrefix: prefix }),
    ...(millis !== undefined && { timeout: millis }),
    failsOpen: fieldIn(extension, 'required') !== true,
  };
}

/** What stands below keys of any case: Consul reads `GrpcService` as `grpcService`. */
function fieldIn(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const step of path)
    at = isRecord(at) ? Object.entries(at).find(([key]) => key.toLowerCase() === step.toLowerCase())?.[1] : undefined;
  return at;
}

// ---- Writing -------------------------------------------------------------------------------------------------------

/** Has the proxies of some services ask the authorizer of a policy. */
export function writeAuthorizer(access: Access, services: readonly ServiceFacts[], drafts: Drafts): void {
  const { ledger } = drafts;
  const { authorizer, effect, target, rules } = access;
  const lose = (reason: string) => ledger.lost(originsOf(askedOfAccess(access)), 'ext-authz', reason, 'security');
  if (rules.length === 0) {
    ledger.lost(originsOf(askedOfAccess(access)), 'unused-in-source', 'Without rules it asks nobody.', 'none');
    return;
  }
  const known = authorizer && serviceOf(authorizer, drafts);
  if (!authorizer || !known) {
    const name = authorizer?.value.provider ?? '';
    ledger.note(
      'missing',
      `What the provider "${name}" asks: add the IstioOperator whose meshConfig has it, and the Service that it names.`,
      'security',
    );
    lose(`Nothing in the workspace tells which service "${name}" asks, so nobody is asked.`);
    return;
  }
  const extension = extensionOf(authorizer.value, known);
  for (const service of services) {
    const named = { name: consulName(drafts.environment, service), namespace: service.namespace };
    const spec = drafts.spec(ServiceDefaults, named);
    const present = Array.isArray(spec['envoyExtensions'])
      ? spec['envoyExtensions']
      : listAt(drafts.existing(ServiceDefaults, named.name)?.value, ['spec', 'envoyExtensions']);
    const others = present.filter((it) => textAt(it, ['name']) !== extAuthz);
    spec['envoyExtensions'] = [...others, extension];
    drafts.needHttp(named);
    const place = drafts.place(ServiceDefaults, named, `spec.envoyExtensions[${others.length}]`);
    ledger.exact(target, place);
    ledger.exact(effect, place);
    ledger.exact(authorizer, place);
    recordRules(access, place, drafts);
    ledger.note(
      'manual',
      `Let "${named.name}" call "${known}": its proxy asks in its name, and intentions hold for that, too.`,
      'availability',
    );
  }
}

function serviceOf({ value: { service, protocol } }: Asked<Authorizer>, drafts: Drafts): string | undefined {
  const facts = service && protocol && serviceFacts(drafts.environment, service.namespace, service.name);
  return facts && consulName(drafts.environment, facts);
}

function extensionOf({ protocol, pathPrefix, timeout, failsOpen }: Authorizer, name: string): unknown {
  const target = { service: { name }, ...(timeout !== undefined && { timeout: durationText(timeout) }) };
  return {
    name: extAuthz,
    ...(!failsOpen && { required: true }),
    arguments: {
      proxyType: 'connect-proxy',
      listenerType: 'inbound',
      config:
        protocol === 'grpc'
          ? { grpcService: { target } }
          : { httpService: { target, ...(pathPrefix !== undefined && { pathPrefix }) } },
    },
  };
}

function recordRules({ rules }: Access, place: string, { ledger }: Drafts): void {
  for (const it of rules.flatMap(askedOfRule))
    ledger.changed(
      it,
      place,
      'ext-authz',
      'Consul asks the authorizer about every request of a service, not about some: it has to let the others through.',
      'availability',
    );
}
