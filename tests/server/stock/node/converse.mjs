// Holds the conversation with one of the libraries; the server is there already.

import { readFileSync } from 'node:fs';
import Redis from 'ioredis';
import { createClient } from 'redis';

const library = process.argv[2];
const port = Number(process.env.STAND_PORT);
const admin = process.env.STAND_ADMIN;
const users = {
  guest: undefined,
  customer: { username: '1', password: '1234' },
  teller: { username: 'teller', password: process.env.STAND_TELLER },
};

function flat(reply) {
  if (reply === null || reply === undefined) return '';
  if (Array.isArray(reply)) return reply.map(flat).join(' ');
  if (reply instanceof Map) return [...reply].map(flat).join(' ');
  if (typeof reply === 'object') return Object.entries(reply).map(flat).join(' ');
  return String(reply);
}

async function connectNodeRedis(who, RESP) {
  const socket = who === 'operator' ? { path: admin } : { host: '127.0.0.1', port };
  const client = createClient({ socket, ...users[who], ...(RESP ? { RESP } : {}) });
  client.on('error', () => {});
  await client.connect();
  return { say: (words) => client.sendCommand(words), end: () => client.destroy() };
}

async function connectIoredis(who) {
  const place = who === 'operator' ? { path: admin } : { host: '127.0.0.1', port };
  const client = new Redis({ ...place, ...users[who], lazyConnect: true });
  client.on('error', () => {});
  await client.connect();
  return { say: ([name, ...rest]) => client.call(name, ...rest), end: () => client.disconnect() };
}

const connect = {
  'node-redis': (who) => connectNodeRedis(who),
  'node-redis-3': (who) => connectNodeRedis(who, 3),
  ioredis: connectIoredis,
}[library];

const clients = {};
let wrong = 0;
let count = 0;
const { exchanges } = JSON.parse(readFileSync(process.env.STAND_CONVERSATION, 'ascii'));
for (const exchange of exchanges) {
  const words = exchange.say.map((word) => word.replace('FOLDER', process.env.STAND_FOLDER));
  clients[exchange.as] ??= await connect(exchange.as);
  let heard;
  let matches = false;
  for (let tries = exchange.until ? 10000 : 1; tries > 0 && !matches; tries -= 1) {
    try {
      heard = flat(await clients[exchange.as].say(words));
    } catch (error) {
      heard = error.message;
    }
    matches = new RegExp(exchange.hear, 's').test(heard);
  }
  count += 1;
  if (!matches) {
    wrong += 1;
    console.log(`${library} ${exchange.as} ${words}: '${heard}' does not match ${exchange.hear}`);
  }
}
for (const client of Object.values(clients)) client.end();
console.log(`${library}: ${count} replies heard, ${wrong} wrong`);
process.exit(wrong > 0 || count === 0 ? 1 : 0);
