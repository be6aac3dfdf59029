package scene

// MarkCSS is the style sheet of marks in pictures. It goes with that of the pictures where one has marks: a standalone file then
// carries both, and so does a page that embeds marked pictures.
//
// What a mark says, its flag says in words. Beside that it has a colour, and a shape that lasts in grey: what was added has a thick
// outline, what was removed a dashed one around a pale box with its name struck, what changed a double
// one, what moved dashes and dots, what is unknown dots; what has something inside keeps its own. Lines keep the dashes that tell how sure
// they are, and have the shape of their mark as a band below.
const MarkCSS = `:root{--c4-added:#14783d;--c4-removed:#8f0f1c;--c4-changed:#a35c00;--c4-moved:#6b3fa0;--c4-unknown:#56616c;--c4-inside:#33414f;--c4-flag-ink:#ffffff}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--c4-added:#7fe0a3;--c4-removed:#ff9d95;--c4-changed:#ffc266;--c4-moved:#cfb0ff;--c4-unknown:#b8c4d0;--c4-inside:#dbe3ea;--c4-flag-ink:#10161c}}
:root[data-theme=dark]{--c4-added:#7fe0a3;--c4-removed:#ff9d95;--c4-changed:#ffc266;--c4-moved:#cfb0ff;--c4-unknown:#b8c4d0;--c4-inside:#dbe3ea;--c4-flag-ink:#10161c}
@media print{:root:root{--c4-added:#000000;--c4-removed:#000000;--c4-changed:#000000;--c4-moved:#000000;--c4-unknown:#000000;--c4-inside:#000000;--c4-flag-ink:#ffffff}}
.c4 .mark-added{--mark:var(--c4-added)}
.c4 .mark-removed{--mark:var(--c4-removed)}
.c4 .mark-changed{--mark:var(--c4-changed)}
.c4 .mark-moved{--mark:var(--c4-moved)}
.c4 .mark-unknown{--mark:var(--c4-unknown)}
.c4 .mark-inside{--mark:var(--c4-inside)}
.c4 [class*=mark-] .flag{fill:var(--mark);stroke:var(--c4-bg);stroke-width:1.2}
.c4 [class*=mark-] text.flagged{fill:var(--c4-flag-ink);font-size:12px;font-weight:700}
.c4 .key text.middle{text-anchor:middle}
.c4 .mark-inside .flag{fill:var(--c4-bg);stroke:var(--mark);stroke-width:1.2}
.c4 .mark-inside text.flagged{fill:var(--mark)}
.c4 .mark-added>.box,.c4 .mark-added.frame>.box{stroke:var(--mark);stroke-width:4.5;stroke-dasharray:none}
.c4 .mark-removed>.box,.c4 .mark-removed.frame>.box{stroke:var(--mark);stroke-width:3;stroke-dasharray:9 5}
.c4 .mark-removed.node:not(.frame){--fill:var(--c4-bg);--ink:var(--c4-ink)}
.c4 .mark-removed .n{text-decoration:line-through}
.c4 .mark-changed>.box,.c4 .mark-changed.frame>.box{stroke:var(--mark);stroke-width:3;stroke-dasharray:none}
.c4 .mark-changed .second .box{fill:none;stroke:var(--mark);stroke-width:1.6}
.c4 .mark-changed .second .deco{display:none}
.c4 .mark-moved>.box,.c4 .mark-moved.frame>.box{stroke:var(--mark);stroke-width:3.5;stroke-dasharray:14 4 3 4}
.c4 .mark-unknown>.box,.c4 .mark-unknown.frame>.box{stroke:var(--mark);stroke-width:4;stroke-dasharray:.1 7;stroke-linecap:round}
.c4 .line[class*=mark-] .way{stroke:var(--mark);stroke-width:2.4}
.c4 .line[class*=mark-] .head{fill:var(--mark);stroke:var(--mark)}
.c4 .line[class*=mark-] text.flagged{fill:var(--mark)}
.c4 .line .band{stroke:var(--mark);stroke-width:9;stroke-opacity:.26}
.c4 .mark-removed .band{stroke-dasharray:4 5}
.c4 .mark-changed .band{stroke-dasharray:16 4}
.c4 .mark-moved .band{stroke-dasharray:14 4 3 4}
.c4 .mark-unknown .band{stroke-dasharray:.1 12;stroke-linecap:round}
`
