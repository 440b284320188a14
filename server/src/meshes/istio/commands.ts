/** Commands of Istio that more than one place shows: plans of migration and playbooks. */

export const precheck = 'istioctl x precheck';
export const showVersion = 'istioctl version';
export const systemPods = 'kubectl get pods -n istio-system';
export const analyzeAll = 'istioctl analyze -A';
export const proxyStatus = 'istioctl proxy-status';
export const purge = 'istioctl uninstall --purge -y';
export const deleteSystemNamespace = 'kubectl delete namespace istio-system';

/** Installs one of the profiles of `manifests/profiles`; asks before it does without `-y`. */
export function installProfile(profile: string): string {
  return `istioctl install --set profile=${profile}`;
}

/** Pods of the namespace get a sidecar when they start. */
export function injectSidecars(namespace: string): string {
  return `kubectl label namespace ${namespace} istio-injection=enabled --overwrite`;
}

/** Takes away all labels by which a namespace is in the mesh. */
export function leaveMesh(namespace: string): string {
  return `kubectl label namespace ${namespace} istio-injection- istio.io/rev- istio.io/dataplane-mode-`;
}
