// What every page runs; what only a chart needs is fetched when there is one.
import { drawCharts } from "./charts.js";
import { offerCitations } from "./cite.js";
import { reachScrollers } from "./scrollers.js";

drawCharts();
reachScrollers();
offerCitations();
