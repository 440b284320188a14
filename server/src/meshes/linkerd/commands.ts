/** Commands of Linkerd that more than one place shows: plans of migration and playbooks. */

export const check = 'linkerd check';
export const checkBefore = 'linkerd check --pre';
export const checkProxies = 'linkerd check --proxy';
export const installCrds = 'linkerd install --crds | kubectl apply -f -';
export const uninstallViz = 'linkerd viz uninstall | kubectl delete -f -';
export const uninstall = 'linkerd uninstall | kubectl delete -f -';

/** The newest Gateway API that Linkerd 2.20 knows all fields of. */
export const installGatewayApi =
  'kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.2.1/standard-install.yaml';

/** Flags for a trust anchor and an issuer of one's own, as `step certificate create` names their files. */
export const certificateFlags =
  '--identity-trust-anchors-file root.crt --identity-issuer-certificate-file issuer.crt --identity-issuer-key-file issuer.key';

export const installWithCertificates = `linkerd install ${certificateFlags} | kubectl apply -f -`;

/** Pods of the namespace get a proxy when they start. */
export function annotateNamespace(namespace: string): string {
  return `kubectl annotate namespace ${namespace} linkerd.io/inject=enabled --overwrite`;
}
