import { actRoutes } from './act-routes.ts';
import type { ApiRoute } from './api-route.ts';
import { mailRoutes } from './mail-routes.ts';
import { siteRoutes } from './site-routes.ts';

/** Every operation of `/api/v1`. */
export const apiRoutes: readonly ApiRoute[] = [...siteRoutes, ...mailRoutes, ...actRoutes];
