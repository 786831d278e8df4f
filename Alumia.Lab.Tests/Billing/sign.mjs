// Signs webhooks as Stripe does, by Stripe's own library: node sign.mjs <file>
// The file holds [{ payload, secret, timestamp }, ...] and gets the headers in its place.
import { readFileSync, writeFileSync } from 'node:fs';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_of_nobody');
const [file] = process.argv.slice(2);
writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8')).map(each => stripe.webhooks.generateTestHeaderString(each))));
