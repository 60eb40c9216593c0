// What every page runs; what only a chart or a box of Python needs is fetched when there is one.
import { drawCharts } from "./charts.js";
import { offerCitations } from "./cite.js";
import { reachScrollers } from "./scrollers.js";
import { offerPython } from "./try.js";

drawCharts();
reachScrollers();
offerCitations();
offerPython();
