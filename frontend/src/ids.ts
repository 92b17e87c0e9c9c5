// Names that the composer gives to its acts. Not crypto.randomUUID: it needs a secure context, plain-http intranets have none.

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
