package svg

// CSS is the style sheet of a picture: the standalone file carries it, and the page that embeds
// pictures includes it once. All rules are below the class c4, which the svg element has.
//
// A page may set its own values for the custom properties:
//
//	--c4-bg, --c4-ink, --c4-muted              paper, text, secondary text
//	--c4-line, --c4-frame                      relationships, boundaries
//	--c4-KIND-fill, --c4-KIND-ink, --c4-KIND-edge
//	                                           boxes; KIND is person, system, container, component,
//	                                           deployment, infrastructure, resource, external
//
// Light is the default; dark follows the reader's system, and data-theme="light" or "dark" on the
// root element decides. In print everything is black on white or a light grey, and what is
// external has a dotted edge.
const CSS = `:root{--c4-bg:#ffffff;--c4-ink:#17222e;--c4-muted:#4d5a68;--c4-line:#45525f;--c4-frame:#66727f;--c4-shade:#0f3d66;
--c4-person-fill:#0b3f73;--c4-person-ink:#ffffff;--c4-person-edge:#072c52;
--c4-system-fill:#1259a3;--c4-system-ink:#ffffff;--c4-system-edge:#0b4179;
--c4-container-fill:#2a6fb8;--c4-container-ink:#ffffff;--c4-container-edge:#1a5591;
--c4-component-fill:#d3e6f8;--c4-component-ink:#10283f;--c4-component-edge:#4a86bd;
--c4-deployment-fill:#ffffff;--c4-deployment-ink:#17222e;--c4-deployment-edge:#66727f;
--c4-infrastructure-fill:#e9edf2;--c4-infrastructure-ink:#17222e;--c4-infrastructure-edge:#66727f;
--c4-resource-fill:#f7f9fb;--c4-resource-ink:#17222e;--c4-resource-edge:#5b7f9f;
--c4-external-fill:#616b76;--c4-external-ink:#ffffff;--c4-external-edge:#434c55}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--c4-bg:#11171d;--c4-ink:#e8edf2;--c4-muted:#a9b5c1;--c4-line:#a3b0bd;--c4-frame:#8794a1;--c4-shade:#9cc4ea;
--c4-person-fill:#0f4a85;--c4-person-ink:#ffffff;--c4-person-edge:#6fa8dc;
--c4-system-fill:#175fa9;--c4-system-ink:#ffffff;--c4-system-edge:#7db3e4;
--c4-container-fill:#245f9c;--c4-container-ink:#ffffff;--c4-container-edge:#7db3e4;
--c4-component-fill:#1d3c59;--c4-component-ink:#e6f0f9;--c4-component-edge:#6fa0cc;
--c4-deployment-fill:#19212a;--c4-deployment-ink:#e8edf2;--c4-deployment-edge:#8794a1;
--c4-infrastructure-fill:#27313c;--c4-infrastructure-ink:#e8edf2;--c4-infrastructure-edge:#8794a1;
--c4-resource-fill:#1b2631;--c4-resource-ink:#e8edf2;--c4-resource-edge:#7f9db8;
--c4-external-fill:#4b545e;--c4-external-ink:#ffffff;--c4-external-edge:#9aa6b2}}
:root[data-theme=dark]{--c4-bg:#11171d;--c4-ink:#e8edf2;--c4-muted:#a9b5c1;--c4-line:#a3b0bd;--c4-frame:#8794a1;--c4-shade:#9cc4ea;
--c4-person-fill:#0f4a85;--c4-person-ink:#ffffff;--c4-person-edge:#6fa8dc;
--c4-system-fill:#175fa9;--c4-system-ink:#ffffff;--c4-system-edge:#7db3e4;
--c4-container-fill:#245f9c;--c4-container-ink:#ffffff;--c4-container-edge:#7db3e4;
--c4-component-fill:#1d3c59;--c4-component-ink:#e6f0f9;--c4-component-edge:#6fa0cc;
--c4-deployment-fill:#19212a;--c4-deployment-ink:#e8edf2;--c4-deployment-edge:#8794a1;
--c4-infrastructure-fill:#27313c;--c4-infrastructure-ink:#e8edf2;--c4-infrastructure-edge:#8794a1;
--c4-resource-fill:#1b2631;--c4-resource-ink:#e8edf2;--c4-resource-edge:#7f9db8;
--c4-external-fill:#4b545e;--c4-external-ink:#ffffff;--c4-external-edge:#9aa6b2}
@media print{:root:root{--c4-bg:#ffffff;--c4-ink:#000000;--c4-muted:#000000;--c4-line:#000000;--c4-frame:#000000;--c4-shade:#ffffff;
--c4-person-fill:#ffffff;--c4-person-ink:#000000;--c4-person-edge:#000000;
--c4-system-fill:#e4e4e4;--c4-system-ink:#000000;--c4-system-edge:#000000;
--c4-container-fill:#ffffff;--c4-container-ink:#000000;--c4-container-edge:#000000;
--c4-component-fill:#f1f1f1;--c4-component-ink:#000000;--c4-component-edge:#000000;
--c4-deployment-fill:#ffffff;--c4-deployment-ink:#000000;--c4-deployment-edge:#000000;
--c4-infrastructure-fill:#ffffff;--c4-infrastructure-ink:#000000;--c4-infrastructure-edge:#000000;
--c4-resource-fill:#ffffff;--c4-resource-ink:#000000;--c4-resource-edge:#000000;
--c4-external-fill:#ffffff;--c4-external-ink:#000000;--c4-external-edge:#000000}}
.c4{font-family:Go,Inter,system-ui,"Segoe UI",Helvetica,Arial,sans-serif;font-size:13px}
.c4 text{fill:var(--c4-ink);text-anchor:middle}
.c4 .paper{fill:var(--c4-bg)}
.c4 .left text,.c4 text.left{text-anchor:start}
.c4 .title{font-size:22px;font-weight:700}
.c4 .muted,.c4 .frame .m{fill:var(--c4-muted)}
.c4 .n{font-size:15px;font-weight:700}
.c4 .m{font-size:12px}
.c4 .chip{font-size:11px}
.c4 .box{stroke-width:1.5;fill:var(--fill);stroke:var(--edge)}
.c4 .deco{stroke-width:1.3;fill:none;stroke:var(--ink)}
.c4 .pill{fill:none;stroke:var(--ink);stroke-opacity:.7}
.c4 .node text{fill:var(--ink)}
.c4 .kind-person{--fill:var(--c4-person-fill);--ink:var(--c4-person-ink);--edge:var(--c4-person-edge)}
.c4 .kind-softwareSystem{--fill:var(--c4-system-fill);--ink:var(--c4-system-ink);--edge:var(--c4-system-edge)}
.c4 .kind-container{--fill:var(--c4-container-fill);--ink:var(--c4-container-ink);--edge:var(--c4-container-edge)}
.c4 .kind-component{--fill:var(--c4-component-fill);--ink:var(--c4-component-ink);--edge:var(--c4-component-edge)}
.c4 .kind-deploymentNode{--fill:var(--c4-deployment-fill);--ink:var(--c4-deployment-ink);--edge:var(--c4-deployment-edge)}
.c4 .kind-infrastructureNode{--fill:var(--c4-infrastructure-fill);--ink:var(--c4-infrastructure-ink);--edge:var(--c4-infrastructure-edge)}
.c4 .kind-resource{--fill:var(--c4-resource-fill);--ink:var(--c4-resource-ink);--edge:var(--c4-resource-edge)}
.c4 .external{--fill:var(--c4-external-fill);--ink:var(--c4-external-ink);--edge:var(--c4-external-edge)}
.c4 .frame{--ink:var(--c4-ink)}
.c4 .frame .box{fill:var(--c4-shade);fill-opacity:.035;stroke:var(--c4-frame);stroke-dasharray:7 5}
.c4 .frame.kind-deploymentNode .box{stroke-dasharray:none}
.c4 .frame .n{font-size:14px}
.c4 .line path{fill:none;stroke:var(--c4-line);stroke-width:1.6}
.c4 .line .hit{stroke:transparent;stroke-width:12}
.c4 .line .head{fill:var(--c4-line);stroke-width:1;stroke-linejoin:round}
.c4 .conf-high .way{stroke-dasharray:9 4}
.c4 .conf-may .way{stroke-dasharray:.1 4.5;stroke-linecap:round;stroke-width:2}
.c4 .line text{font-size:12px}
.c4 .line .tech{font-size:11px;fill:var(--c4-muted)}
.c4 .key text{font-size:12px}
@media print{.c4 .frame .box{fill:none}.c4 .external .box{stroke-dasharray:2.5 2}}
`
