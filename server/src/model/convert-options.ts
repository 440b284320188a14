/**
 * What changes the result of a conversion: one table that settings, flags of the command line and the questions of an
 * editor are made of.
 */

export interface ConvertOptions {
  /**
   * What becomes of defaults of the source mesh that the target does not share, such as Istio's two retries: told in the
   * report, or written into the result as well.
   */
  readonly implicitDefaults: 'report' | 'materialize';
  /**
   * What becomes of a rule with an action that the target cannot do (a rewrite, a fault): left out, written so that it
   * fails where everybody sees it, or written without that part. Restrictions to some clients are never taken off.
   */
  readonly onInexpressibleAction: 'omit' | 'fail' | 'degrade';
  /**
   * What becomes of an allowing rule with a condition that the target cannot check: left out, so that fewer requests are
   * allowed, or written without the condition, which the report calls a loss of security.
   */
  readonly authzGap: 'fail-closed' | 'fail-open';
  /** What Consul does with a client that no intention names. */
  readonly consulDefaultPolicy: 'allow' | 'deny' | 'unknown';
  /** Whether fields may be written that only Consul Enterprise has: namespaces, partitions, rate limits. */
  readonly consulEdition: 'ce' | 'enterprise';
  /** Whose order of rules holds for routes of the Gateway API: that of the parent, Linkerd's or the specification's. */
  readonly gatewayPrecedence: 'auto' | 'linkerd' | 'spec';
  /** What Consul does with requests that no rule matches: to the service, or to a subset that is empty. */
  readonly consulUnmatched: 'passthrough' | 'blackhole';
  /** Whether settings that all known clients of a service agree on become one resource beside the service. */
  readonly mergeClientPolicies: boolean;
  /** Whether routes of the Gateway API are rewritten in Istio's own kinds, or kept, since Istio implements them. */
  readonly istioInput: 'native' | 'keep-gateway-api';
  /** Port of a backend whose Service is not in the workspace; undefined leaves the route out and reports it. */
  readonly defaultPort?: number;
  /** Class of a Gateway API Gateway that is written for Linkerd; undefined reports it as missing. */
  readonly ingressClass?: string;
  readonly trustDomain: string;
  /** Namespaces of the control planes, where their resources for the whole mesh live. */
  readonly istioNamespace: string;
  readonly linkerdNamespace: string;
  readonly consulNamespace: string;
}

export const defaultConvertOptions: ConvertOptions = {
  implicitDefaults: 'report',
  onInexpressibleAction: 'omit',
  authzGap: 'fail-closed',
  consulDefaultPolicy: 'unknown',
  consulEdition: 'ce',
  gatewayPrecedence: 'auto',
  consulUnmatched: 'passthrough',
  mergeClientPolicies: false,
  istioInput: 'native',
  trustDomain: 'cluster.local',
  istioNamespace: 'istio-system',
  linkerdNamespace: 'linkerd',
  consulNamespace: 'consul',
};

export type ConvertOption = keyof ConvertOptions;

/** What an option takes, with the words of a value for a list to pick from. */
export type OptionValues =
  | { readonly type: 'choice'; readonly choices: Readonly<Record<string, string>> }
  | { readonly type: 'switch' | 'port' | 'name' };

export interface OptionFacts {
  /** What it is about, as the beginning of a line of `--help`: no capital, no full stop. */
  readonly summary: string;
  readonly values: OptionValues;
}

const choice = <Value extends string>(choices: Readonly<Record<Value, string>>): OptionValues => ({
  type: 'choice',
  choices,
});

/** All options in the order in which they are shown. */
export const convertOptions: { readonly [Name in ConvertOption]-?: OptionFacts } = {
  defaultPort: { summary: 'port of Services that no file defines', values: { type: 'port' } },
  ingressClass: { summary: 'class of Gateways that are written for a cluster with Linkerd', values: { type: 'name' } },
  implicitDefaults: {
    summary: 'defaults of the source mesh that the target does not share',
    values: choice<ConvertOptions['implicitDefaults']>({
      report: 'The report tells them.',
      materialize: 'They are written out, so that the target behaves as the source did.',
    }),
  },
  onInexpressibleAction: {
    summary: 'rules with an action that the target cannot do',
    values: choice<ConvertOptions['onInexpressibleAction']>({
      omit: 'They are left out; other rules get their requests.',
      fail: 'They are written so that their requests fail.',
      degrade: 'They are written without that action.',
    }),
  },
  authzGap: {
    summary: 'allowing rules with a condition that the target cannot check',
    values: choice<ConvertOptions['authzGap']>({
      'fail-closed': 'They are left out: fewer requests are allowed than before.',
      'fail-open': 'They are written without the condition: more requests are allowed than before.',
    }),
  },
  consulDefaultPolicy: {
    summary: 'what Consul does with clients that no intention names',
    values: choice<ConvertOptions['consulDefaultPolicy']>({
      unknown: 'Nobody knows; what depends on it is reported.',
      allow: 'They are let in.',
      deny: 'They are kept out.',
    }),
  },
  consulEdition: {
    summary: 'the edition of Consul that is converted to',
    values: choice<ConvertOptions['consulEdition']>({
      ce: 'Community: fields of Enterprise are not written.',
      enterprise: 'Enterprise: namespaces, partitions and limits of rates are written as well.',
    }),
  },
  consulUnmatched: {
    summary: 'requests that no rule matches, in Consul',
    values: choice<ConvertOptions['consulUnmatched']>({
      passthrough: 'They reach the service.',
      blackhole: 'They get 503, by a last rule that leads to an empty subset.',
    }),
  },
  gatewayPrecedence: {
    summary: 'the order of rules of Gateway API routes',
    values: choice<ConvertOptions['gatewayPrecedence']>({
      auto: "Linkerd's for routes of Services, the specification's for routes of Gateways.",
      linkerd: "Linkerd's for all of them.",
      spec: "The specification's for all of them.",
    }),
  },
  istioInput: {
    summary: 'routes of the Gateway API, which Istio implements',
    values: choice<ConvertOptions['istioInput']>({
      native: "They become Istio's own kinds.",
      'keep-gateway-api': 'They stay what they are.',
    }),
  },
  mergeClientPolicies: {
    summary: 'one resource for what all known clients of a service agree on',
    values: { type: 'switch' },
  },
  trustDomain: { summary: 'trust domain of identities', values: { type: 'name' } },
  istioNamespace: { summary: "namespace of Istio's control plane", values: { type: 'name' } },
  linkerdNamespace: { summary: "namespace of Linkerd's control plane", values: { type: 'name' } },
  consulNamespace: { summary: "namespace of Consul's servers", values: { type: 'name' } },
};

export const convertOptionNames = Object.keys(convertOptions) as readonly ConvertOption[];

/** What a value has to be, for a message: `"omit", "fail" or "degrade"`. */
export function valuesInWords({ values }: OptionFacts): string {
  if (values.type === 'choice') {
    const names = Object.keys(values.choices).map((it) => `"${it}"`);
    return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  }
  return { switch: 'true or false', port: 'a port, 1 to 65535', name: 'a name' }[values.type];
}

/** Whether a value is one that an option takes. */
export function isOptionValue({ values }: OptionFacts, value: unknown): boolean {
  if (values.type === 'choice') return typeof value === 'string' && Object.hasOwn(values.choices, value);
  if (values.type === 'switch') return typeof value === 'boolean';
  if (values.type === 'name') return typeof value === 'string' && value !== '';
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

/** Options out of values that somebody sent; what is missing, unknown or of a wrong type falls back to its default. */
export function readConvertOptions(sent: unknown): ConvertOptions {
  const given = typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : {};
  const good = convertOptionNames.flatMap((name) =>
    isOptionValue(convertOptions[name], given[name]) ? [[name, given[name]] as const] : [],
  );
  return { ...defaultConvertOptions, ...(Object.fromEntries(good) as Partial<ConvertOptions>) };
}
