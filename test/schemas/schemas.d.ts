/// <reference path="../../server/src/schemas.d.ts" />
