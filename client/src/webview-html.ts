/** The page of a webview: its own script and style and nothing else. */

export interface WebviewPage {
  readonly title: string;
  /** Address of the script, as the webview sees it. */
  readonly script: string;
  /** Address of the style sheet, as the webview sees it. */
  readonly style: string;
  /** What a content security policy calls the extension's own files: `webview.cspSource`. */
  readonly cspSource: string;
  /** A number used once, that only this page's script bears. */
  readonly nonce: string;
}

/** The page's HTML. All parts are escaped, so any text is safe in them. */
export function webviewHtml({ title, script, style, cspSource, nonce }: WebviewPage): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(style)}">
<script defer nonce="${escapeHtml(nonce)}" src="${escapeHtml(script)}"></script>
</head>
<body></body>
</html>
`;
}

/** A fresh nonce: 128 random bits in hex. */
export function createNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (it) => it.toString(16).padStart(2, '0')).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (it) => entities[it] ?? it);
}
