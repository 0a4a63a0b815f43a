import type { App } from '../http';
import type { OperatorPagePorts } from './operator-page';

/** The page is loaded when somebody asks for it: most processes never show it, and a cold start must not read it. */
export function lazyOperatorPage(ports: OperatorPagePorts): App {
  let page: Promise<App> | undefined;
  return async (request) => {
    page ??= import('./operator-page').then(({ createOperatorPage }) => createOperatorPage(ports));
    return (await page)(request);
  };
}
