import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { pathSchema } from '../lib/config.ts';

/** The path of a PEM file with certificate authorities to trust instead of the system's; its text after loading. */
export const caFileSchema = pathSchema.transform((path, refinement): string => {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
    refinement.addIssue({ code: 'custom', message: `expected PEM certificates in ${path}, found none` });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    refinement.addIssue({ code: 'custom', message: `expected a readable file ${path}, found ${reason}` });
  }
  return z.NEVER;
});

/** Error codes of Node that mean "this certificate is not acceptable": waiting does not mend them. */
export function isCertificateError(code: string): boolean {
  return /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH)/.test(
    code,
  );
}
