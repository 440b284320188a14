/** Commands of Consul that more than one place shows: plans of migration and playbooks. */

import type { Deed } from '../moving.ts';

/** The release of the chart, of `consul-k8s` and of the data plane. */
export const release = '2.0.3';

export const addRepository = 'helm repo add hashicorp https://helm.releases.hashicorp.com';
export const showStatus = 'consul-k8s status';
export const systemPods = 'kubectl get pods -n consul';
export const allIntentions = 'kubectl get serviceintentions -A';
export const allProxies = 'consul-k8s proxy list -A';
export const uninstallAndWipe = 'consul-k8s uninstall -auto-approve=true -wipe-data=true';

/** Installs the chart with the values of `installValues`. */
export const installChart = `helm install consul hashicorp/consul --version ${release} -f consul-values.yaml --create-namespace --namespace consul`;

/** Everything encrypted, nothing allowed unasked, and only pods injected that ask for it. */
export const installValues: Deed = {
  file: 'consul-values.yaml',
  isApplied: false,
  text: `global:
  name: consul
  tls:
    enabled: true
  acls:
    manageSystemACLs: true
  gossipEncryption:
    autoGenerate: true
connectInject:
  default: false
`,
};

/** Lists the proxies of a namespace. */
export function proxiesOf(namespace: string): string {
  return `consul-k8s proxy list -n ${namespace}`;
}
