/** Code of the user's own as extensions of Envoy: those of a service in its ServiceDefaults, those of all in ProxyDefaults. */

import type { Asked, ProxyExtension } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { listAt } from '../../../model/value.ts';
import { serviceFacts, type ServiceFacts } from '../../kubernetes/common/workloads.ts';
import { ProxyDefaults, ServiceDefaults } from '../kinds.ts';
import type { Drafts, Named } from './drafts.ts';
import { consulName, knownServices, servicesOfLabels } from './services.ts';

/** Writes all of it. A module of WebAssembly has to come from a service that Consul knows, with its checksum. */
export function writeExtensions(items: readonly Asked<ProxyExtension>[], drafts: Drafts): void {
  for (const asked of items) writeOne(asked, drafts);
}

function writeOne(asked: Asked<ProxyExtension>, drafts: Drafts): void {
  const { ledger } = drafts;
  const { scope, side, guards, code } = asked.value;
  const risk = guards ? 'security' : 'behaviour';
  const refusal = code.value.type === 'wasm' ? refusalOfModule(code.value, drafts) : undefined;
  if (refusal) {
    ledger.lost(asked, 'no-equivalent', refusal, risk);
    return;
  }
  const owners: readonly (readonly [Kind, Named])[] =
    scope.type === 'mesh'
      ? [[ProxyDefaults, { name: 'global', namespace: drafts.options.consulNamespace }]]
      : servicesOf(asked.value, drafts).map((it) => [
          ServiceDefaults,
          { name: consulName(drafts.environment, it), namespace: it.namespace },
        ]);
  if (owners.length === 0) {
    ledger.lost(
      asked,
      'host-not-service',
      'Consul extends proxies service by service, and no Service of these pods is known.',
      risk,
    );
    ledger.note('missing', `The Services that "${asked.value.name}" is about: add them to the workspace.`, risk);
    return;
  }
  for (const [kind, named] of owners) {
    const added = (side.value === 'both' ? ['inbound', 'outbound'] : [side.value]).map((it) =>
      extensionOf(code.value, it, drafts),
    );
    const spec = drafts.spec(kind, named);
    const known = Array.isArray(spec['envoyExtensions'])
      ? spec['envoyExtensions']
      : listAt(drafts.existing(kind, named.name)?.value, ['spec', 'envoyExtensions']);
    const has = (it: unknown) => known.some((one) => JSON.stringify(one) === JSON.stringify(it));
    spec['envoyExtensions'] = [...known, ...added.filter((it) => !has(it))];
    if (kind === ServiceDefaults) drafts.needHttp(named);
    const place = drafts.place(kind, named, 'spec.envoyExtensions');
    ledger.changed(
      asked,
      place,
      'escape-hatch',
      'It runs at the end of Consul’s chain of filters, after intentions are checked; there are no phases.',
    );
  }
}

function servicesOf({ scope }: ProxyExtension, { environment }: Drafts): readonly ServiceFacts[] {
  if (scope.type === 'namespace') return knownServices(environment, scope.namespace);
  return scope.type === 'pods' ? servicesOfLabels(environment, scope.namespace, scope.labels) : [];
}

type Code = ProxyExtension['code']['value'];

/** Why a module cannot be fetched by Consul's proxies; undefined when it can. */
function refusalOfModule(code: Code & { readonly type: 'wasm' }, drafts: Drafts): string | undefined {
  if (!/^https?:\/\//.test(code.url)) return 'Consul fetches a module over HTTP from a service; it takes no images.';
  if (!serviceOfUrl(code.url, drafts))
    return 'Consul fetches a module from a service of the mesh, and the host of its URL is no Service of the workspace.';
  return code.sha256 === undefined ? 'Consul fetches a module only with its checksum, which is not given.' : undefined;
}

/** The Service whose host a URL has, in full: `files.shop.svc.cluster.local`. */
function serviceOfUrl(url: string, { environment }: Drafts): ServiceFacts | undefined {
  const host = /^https?:\/\/([^/:]+)/.exec(url)?.[1] ?? '';
  const [name, namespace, svc] = host.split('.');
  return name && namespace && svc === 'svc' ? serviceFacts(environment, namespace, name) : undefined;
}

function extensionOf(code: Code, side: string, drafts: Drafts): Readonly<Record<string, unknown>> {
  if (code.type === 'lua')
    return { name: 'builtin/lua', arguments: { proxyType: 'connect-proxy', listener: side, script: code.script } };
  const service = serviceOfUrl(code.url, drafts);
  const name = service ? consulName(drafts.environment, service) : '';
  return {
    name: 'builtin/wasm',
    arguments: {
      protocol: 'http',
      listenerType: side,
      pluginConfig: {
        vmConfig: {
          code: {
            remote: {
              httpURI: { service: { name }, URI: code.url.replace(/^(https?:\/\/)[^/:]+/, `$1${name}`) },
              SHA256: code.sha256,
            },
          },
        },
        ...(code.configuration === undefined ? {} : { configuration: code.configuration }),
      },
    },
  };
}
