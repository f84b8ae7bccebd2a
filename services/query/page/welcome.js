import { el } from './dom.js';

/** The address for spans: this machine as the browser calls it, and the port that the server told. */
const intake = `http://${location.hostname}:${document.documentElement.dataset.intakePort}`;

/** Made once, so that the command stays the same while somebody copies it. */
const firstSpan = curlCommand();

/** Shown until the first span is stored: how to send one. */
export function welcome() {
  return el(
    'section',
    { class: 'welcome' },
    el('h1', {}, 'Waiting for the first span'),
    el('p', {}, 'Paste this into a terminal. The page shows the span by itself, some seconds later.'),
    command('curl', firstSpan),
    el('p', {}, 'An application with an OpenTelemetry SDK needs one variable:'),
    command('variable', `export OTEL_EXPORTER_OTLP_ENDPOINT=${intake}`),
  );
}

/** A command with a button to copy it, where the browser lets pages copy (HTTPS or this machine). */
function command(name, text) {
  const block = el('pre', { tabindex: '0', 'data-key': name }, text);
  if (navigator.clipboard === undefined) return block;
  const copy = el('button', { type: 'button', 'data-key': `copy ${name}` }, 'Copy');
  copy.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(
      () => (copy.textContent = 'Copied'),
      () => (copy.textContent = 'Select and copy by hand'),
    );
  });
  return el('div', { class: 'command' }, block, copy);
}

function curlCommand() {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  return `curl ${intake}/v1/traces -H 'content-type: application/json' -d '
{"resourceSpans": [{
  "resource": {"attributes": [
    {"key": "service.name", "value": {"stringValue": "first-service"}}]},
  "scopeSpans": [{"spans": [{
    "traceId": "${randomHex(16)}",
    "spanId": "${randomHex(8)}",
    "name": "hello", "kind": 2,
    "startTimeUnixNano": "${nowNs - 25_000_000n}",
    "endTimeUnixNano": "${nowNs}"}]}]}]}'`;
}

function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
