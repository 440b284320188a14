/** Code of the user's own in proxies: WasmPlugins, TrafficExtensions, and the usual EnvoyFilter around a Lua script. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Ir, Origin, Peculiar, ProxyExtension, ProxyScope } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { EnvoyFilter, TrafficExtension, WasmPlugin } from '../kinds.ts';
import { originsOf, Place } from './place.ts';
import { rootNamespace } from './read-mutual-tls.ts';

type Side = ProxyExtension['side']['value'];

interface ReadExtensions {
  readonly extensions: Ir['extensions'];
  readonly peculiar: readonly Peculiar[];
}

const none: ReadExtensions = { extensions: [], peculiar: [] };

/** What code a resource puts into which proxies. That of gateways and waypoints is passed over. */
export function readExtension(resource: Resource, environment: Environment): ReadExtensions {
  const spec = Place.of(resource).at('spec');
  if (isOfKind(resource, EnvoyFilter)) return readLuaFilter(resource, environment);
  if (!isOfKind(resource, WasmPlugin) && !isOfKind(resource, TrafficExtension)) return none;
  if (spec.at('targetRef').exists || spec.at('targetRefs').exists) return none;
  const code = isOfKind(resource, WasmPlugin) ? readWasm(spec) : (readLua(spec.at('lua')) ?? readWasm(spec.at('wasm')));
  if (!code) return none;
  const { scope, from: scopeFrom } = scopeOf(resource, environment, spec.at('selector'), 'matchLabels');
  const modes = spec.at('match').items.map((it) => it.at('mode'));
  const side = { value: sideOf(modes.map((it) => it.text)), from: originsOf(...modes) };
  const guards = /^AUTH/.test(spec.at('phase').text ?? '');
  const value: ProxyExtension = { name: resource.name, scope, scopeFrom, side, code, guards };
  return { extensions: [{ value, from: [...code.from, ...scopeFrom, ...side.from] }], peculiar: [] };
}

function readLua(lua: Place): ProxyExtension['code'] | undefined {
  const script = lua.at('inlineCode');
  return script.text === undefined ? undefined : script.asked({ type: 'lua', script: script.text });
}

function readWasm(wasm: Place): ProxyExtension['code'] | undefined {
  const [url, sha256, config] = [wasm.at('url'), wasm.at('sha256'), wasm.at('pluginConfig')];
  if (url.text === undefined) return undefined;
  return {
    value: {
      type: 'wasm',
      url: url.text,
      ...(sha256.text === undefined ? {} : { sha256: sha256.text }),
      ...(config.exists ? { configuration: JSON.stringify(config.value) } : {}),
    },
    from: originsOf(url, sha256, config),
  };
}

function sideOf(modes: readonly (string | undefined)[]): Side {
  const sides = new Set(modes.map((it) => (it === 'SERVER' ? 'inbound' : it === 'CLIENT' ? 'outbound' : 'both')));
  const [only, ...others] = sides;
  return only === undefined || others.length > 0 ? 'both' : only;
}

function scopeOf(
  resource: Resource,
  environment: Environment,
  selector: Place,
  key: 'matchLabels' | 'labels',
): { readonly scope: ProxyScope; readonly from: readonly Origin[] } {
  const namespace = environment.namespaceOf(resource);
  const labels = selector.at(key).textRecord;
  const from = originsOf(selector);
  if (Object.keys(labels).length > 0) return { scope: { type: 'pods', namespace, labels }, from };
  return { scope: namespace === rootNamespace ? { type: 'mesh' } : { type: 'namespace', namespace }, from };
}

const sides: Readonly<Record<string, Side>> = { SIDECAR_INBOUND: 'inbound', SIDECAR_OUTBOUND: 'outbound' };

/**
 * An EnvoyFilter of Lua filters in front of the router, as Istio's documentation has them: every patch of it has to be one,
 * since half of an EnvoyFilter may undo what the other half does.
 */
function readLuaFilter(resource: Resource, environment: Environment): ReadExtensions {
  const spec = Place.of(resource).at('spec');
  const patches = spec.at('configPatches').items.map((it) => readPatch(it));
  if (patches.length === 0 || patches.some((it) => !it) || spec.at('targetRefs').exists) return refusalOf(spec);
  const { scope, from: scopeFrom } = scopeOf(resource, environment, spec.at('workloadSelector'), 'labels');
  const extensions = patches.flatMap((patch, at): Asked<ProxyExtension>[] => {
    if (!patch) return [];
    const name = patches.length === 1 ? resource.name : `${resource.name}-${at + 1}`;
    const value: ProxyExtension = { name, scope, scopeFrom, ...patch, guards: false };
    return [{ value, from: [...patch.code.from, ...patch.side.from, ...scopeFrom] }];
  });
  const frame = originsOf(spec.at('priority'));
  const lost: Peculiar[] =
    frame.length === 0
      ? []
      : [{ from: frame, code: 'envoyfilter', reason: 'There is no order among extensions elsewhere.', risk: 'none' }];
  return { extensions, peculiar: lost };
}

/** Nobody can say what another filter does; one that limits requests is read elsewhere. */
function refusalOf(spec: Place): ReadExtensions {
  const text = JSON.stringify(spec.value);
  if (text.includes('local_ratelimit')) return none;
  const reason = 'It rewrites the configuration of Envoy, of which other meshes have no such copy.';
  const risk = /rbac|ext_authz|jwt_authn|oauth2/.test(text) ? 'security' : 'behaviour';
  return { extensions: [], peculiar: [{ from: [spec.origin], code: 'envoyfilter', reason, risk }] };
}

function readPatch(patch: Place): Pick<ProxyExtension, 'side' | 'code'> | undefined {
  const value = patch.at('patch', 'value');
  const config = value.at('typed_config');
  const isInserted = /^INSERT_(?:BEFORE|FIRST)$/.test(patch.at('patch', 'operation').text ?? '');
  if (patch.at('applyTo').text !== 'HTTP_FILTER' || !isInserted) return undefined;
  if (!(config.at('@type').text ?? '').endsWith('envoy.extensions.filters.http.lua.v3.Lua')) return undefined;
  const context = patch.at('match', 'context');
  const side = context.text === undefined || context.text === 'ANY' ? 'both' : sides[context.text];
  const scripts = ['inlineCode', 'inline_code'].map((it) => config.at(it));
  const sources = ['defaultSourceCode', 'default_source_code'].flatMap((it) =>
    ['inlineString', 'inline_string'].map((key) => config.at(it, key)),
  );
  const script = [...scripts, ...sources].find((it) => it.text !== undefined);
  if (!script || side === undefined) return undefined;
  const rest = originsOf(patch.at('applyTo'), patch.at('patch'), patch.at('match', 'listener'));
  return {
    side: { value: side, from: originsOf(context) },
    code: { value: { type: 'lua', script: script.text ?? '' }, from: rest },
  };
}
