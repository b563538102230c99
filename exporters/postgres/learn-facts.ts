import { Batch } from './batch.ts';
import type { PostgresConnection } from './connection.ts';
import { foreignFacts, isSupported, parseFacts, type ServerFacts } from './facts.ts';

/**
 * Asks a new connection who is there. A fork or a proxy need not understand the statement for the facts:
 * it is known by the version it reports or by `version()`, whatever becomes of the rest.
 * Throws PostgresFailure.
 */
export async function learnFacts(
  connection: PostgresConnection,
  question: { readonly sql: string; readonly server: string; readonly endsAt: number },
): Promise<ServerFacts> {
  const { sql, server, endsAt } = question;
  const reported = foreignFacts(connection.reported('server_version') ?? '', connection.version, server);
  if (!isSupported(reported)) return reported;
  const batch = new Batch(connection, endsAt);
  const asked = batch.add({ name: 'facts', sql });
  const identity = connection.identify();
  batch.send();
  const [versionText, answer] = await Promise.allSettled([identity, asked]);
  if (versionText.status === 'fulfilled') {
    const stranger = foreignFacts(versionText.value, connection.version, server);
    if (!isSupported(stranger)) return stranger;
  }
  if (answer.status === 'rejected') throw answer.reason;
  return parseFacts(answer.value.rows, server);
}
