/** Code of the user's own in proxies: the extensions of ServiceDefaults and ProxyDefaults. */

import type { Environment } from '../../../model/environment.ts';
import type { Ir, Peculiar, ProxyExtension, ProxyScope } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, textAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { ProxyDefaults, ServiceDefaults } from '../kinds.ts';
import { serviceOfEntry } from './read-routes.ts';
import { serviceNamed } from './services.ts';

interface ReadExtensions {
  readonly extensions: Ir['extensions'];
  readonly peculiar: readonly Peculiar[];
}

/** Why the other extensions are not carried over, and what that risks. */
const others: Readonly<Record<string, Pick<Peculiar, 'code' | 'reason' | 'risk'>>> = {
  'builtin/aws/lambda': {
    code: 'escape-hatch',
    reason: 'No other mesh calls functions of AWS Lambda in place of a service.',
    risk: 'availability',
  },
  'builtin/property-override': {
    code: 'escape-hatch',
    reason: 'It changes the configuration of Envoy as Consul sets it up, and fits no other mesh.',
    risk: 'behaviour',
  },
  'builtin/otel-access-logging': {
    code: 'access-log',
    reason: 'Where logs of access are sent is part of the installation of other meshes.',
    risk: 'none',
  },
  'builtin/ext-proc': {
    code: 'escape-hatch',
    reason: 'An outside processor of requests is attached in another way elsewhere, and is not carried over.',
    risk: 'security',
  },
};

/** What an entry puts into the proxies of its service, or of all. */
export function readExtensions(resource: Resource, environment: Environment): ReadExtensions {
  const isGlobal = isOfKind(resource, ProxyDefaults);
  if (!isGlobal && !isOfKind(resource, ServiceDefaults)) return { extensions: [], peculiar: [] };
  const scope: ProxyScope = isGlobal ? { type: 'mesh' } : scopeOf(resource, environment);
  const items = listAt(resource.value, ['spec', 'envoyExtensions']).map((it, at) => ({
    it,
    path: ['spec', 'envoyExtensions', at],
  }));
  const named = (path: Path) =>
    `${isGlobal ? 'mesh' : resource.name}-extension${items.length > 1 ? `-${Number(path.at(-1)) + 1}` : ''}`;
  const found = items.flatMap(({ it, path }) => {
    const extension = readOne(it, environment.namespaceOf(resource), environment);
    if (!extension) return [];
    const from = [
      { resource, path: [...path, 'name'] },
      { resource, path: [...path, 'arguments'] },
    ];
    const { code, side } = extension;
    const value: ProxyExtension = {
      name: named(path),
      scope,
      scopeFrom: [],
      side: { value: side, from: [] },
      code: { value: code, from },
      guards: false,
    };
    return [{ value, from }];
  });
  const peculiar = items.flatMap(({ it, path }): Peculiar[] => {
    const known = others[textAt(it, ['name']) ?? ''];
    return known ? [{ from: [{ resource, path }], ...known }] : [];
  });
  return { extensions: found, peculiar };
}

function scopeOf(resource: Resource, environment: Environment): ProxyScope {
  const service = serviceOfEntry(environment, resource);
  const labels = serviceFacts(environment, service.namespace, service.name)?.selector ?? {};
  return { type: 'pods', namespace: service.namespace, labels, service };
}

function readOne(
  extension: unknown,
  namespace: string,
  environment: Environment,
): { readonly code: ProxyExtension['code']['value']; readonly side: 'inbound' | 'outbound' } | undefined {
  const settings = isRecord(extension) ? extension['arguments'] : undefined;
  const text = (...path: string[]) => textIn(settings, path);
  const side = (text('listener') ?? text('listenerType')) === 'outbound' ? 'outbound' : 'inbound';
  const script = text('script');
  if (textAt(extension, ['name']) === 'builtin/lua' && script !== undefined)
    return { code: { type: 'lua', script }, side };
  if (textAt(extension, ['name']) !== 'builtin/wasm') return undefined;
  const remote = ['pluginConfig', 'vmConfig', 'code', 'remote'];
  const [uri, service] = [text(...remote, 'httpURI', 'URI'), text(...remote, 'httpURI', 'service', 'name')];
  const sha256 = text(...remote, 'SHA256');
  const configuration = text('pluginConfig', 'configuration');
  if (uri === undefined || service === undefined) return undefined;
  return {
    code: {
      type: 'wasm',
      url: urlOf(uri, service, namespace, environment),
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(configuration === undefined ? {} : { configuration }),
    },
    side,
  };
}

/** The URL of a module, with the name that its service has outside of Consul. */
function urlOf(uri: string, service: string, namespace: string, environment: Environment): string {
  const { namespace: home, name } = serviceNamed(environment, service, namespace);
  return uri.replace(/^(https?:\/\/)[^/:]+/, `$1${name}.${home}.svc.${environment.settings.clusterDomain}`);
}

/** The text below keys of any case: Consul reads `ProxyType` as `proxyType`. */
function textIn(value: unknown, path: readonly string[]): string | undefined {
  let at = value;
  for (const key of path) {
    if (!isRecord(at)) return undefined;
    const own = Object.keys(at).find((it) => it.toLowerCase() === key.toLowerCase());
    at = own === undefined ? undefined : at[own];
  }
  return typeof at === 'string' ? at : undefined;
}
