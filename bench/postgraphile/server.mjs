// PostGraphile over one schema of the benchmark's database: production mode, no IDE, no watch, no sockets.
// Environment: DATABASE_URL, SCHEMA, PORT, POOL.
import "postgraphile";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const { DATABASE_URL, SCHEMA, PORT, POOL } = process.env;
const gateway = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      schemas: [SCHEMA],
      pubsub: false,
      poolConfig: { max: Number(POOL) },
    }),
  ],
  gather: { pgStrictFunctions: true },
  schema: { defaultBehavior: "+connection +resource:list -list:order -filter", dontSwallowErrors: true },
  grafast: { explain: false },
  grafserv: { watch: false, graphiql: false, websockets: false, maxRequestLength: 100000 },
});
const server = createServer();
await gateway.createServ(grafserv).addTo(server);
await gateway.getSchemaResult();
server.listen(Number(PORT), "127.0.0.1");
