import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LoopbackServer, listenOnLoopback } from './loopback-server';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A stand-in for CloudFormation: it knows one stack, and of that its outputs, by which `--stack` finds tables and router. */
export async function startOutputsHost(
  stack: string,
  outputs: Readonly<Record<string, string>>,
): Promise<LoopbackServer> {
  const server = createServer(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    const name = asked.get('StackName') ?? '';
    const isKnown = asked.get('Action') === 'DescribeStacks' && name === stack;
    response.writeHead(isKnown ? 200 : 400, { 'content-type': 'text/xml' });
    response.end(isKnown ? description(stack, outputs) : refusal(`Stack with id ${name} does not exist`));
  });
  return listenOnLoopback(server);
}

function description(stack: string, outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(([name, value]) =>
    element('member', element('OutputKey', escaped(name)) + element('OutputValue', escaped(value))),
  );
  const known =
    element('StackName', escaped(stack)) +
    element('CreationTime', '2026-01-01T00:00:00Z') +
    element('StackStatus', 'CREATE_COMPLETE') +
    element('Outputs', members.join(''));
  const result = element('DescribeStacksResult', element('Stacks', element('member', known)));
  return `<DescribeStacksResponse xmlns="${NAMESPACE}">${result}</DescribeStacksResponse>`;
}

function refusal(message: string): string {
  const error = element('Type', 'Sender') + element('Code', 'ValidationError') + element('Message', escaped(message));
  return `<ErrorResponse xmlns="${NAMESPACE}">${element('Error', error)}</ErrorResponse>`;
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function escaped(value: string): string {
  return value.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
