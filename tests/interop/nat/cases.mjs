// Every case by the name that its test carries.
import { matrix } from './matrix.mjs';
import { networkCases } from './networks_cases.mjs';
import { restartCases } from './restart_cases.mjs';
import { routers } from './routers_case.mjs';
import { serverCases } from './servers_cases.mjs';

export const cases = { routers, ...matrix, ...serverCases, ...networkCases, ...restartCases };
