// @ts-check
// The words that the modules share. There is nothing in here that runs.

/**
 * @typedef {{input: string, line: number, resource: string, property?: string, column?: number, expression?: string, commitment?: string}} Evidence
 * @typedef {{id: string, kind: string, name: string, technology?: string, description?: string, parent?: string,
 *   tags?: string[], external?: boolean, rule: string, evidence: Evidence[], shape?: string, layer?: string,
 *   hiddenBy?: string, owner?: string, badges?: string[], resourceType?: string, properties?: unknown}} Thing an element
 * @typedef {{id: string, source: string, target: string, description: string, technology?: string,
 *   confidence: string, rule: string, evidence: Evidence[], declared?: boolean, layer?: string}} Relationship
 * @typedef {{id: string, element: string, parent?: string, folded?: number}} Seat an element as it is placed in a view
 * @typedef {{source: string, target: string, description: string, technology?: string, confidence: string,
 *   relationships: string[]}} Line
 * @typedef {{key: string, kind: string, title: string, description?: string, subject?: string, elements: string[],
 *   relationships: string[], nodes: Seat[], lines: Line[]}} View
 * @typedef {{evidence: Evidence, value: string, outcome: string, rule?: string, targets?: string[], reason?: string}} Reference
 * @typedef {{container: string, node: string, environment?: string, rule: string, evidence: Evidence[]}} Instance
 * @typedef {{id: string, reason: string, source: string}} Rule
 * @typedef {{kind: string, input: string, line?: number, thing?: string, reason: string, help?: string, count?: number}} NotRead
 * @typedef {{resource: string, reason: string, candidates?: string[]}} Unmatched
 * @typedef {{name: string, format: string, resources: number, expressions?: number, unresolved?: Record<string, number>}} Input
 * @typedef {{found?: number, shown?: number, nested?: number, hidden?: number, unresolved?: number, ambiguous?: number,
 *   counted?: number, uncounted?: number, byRule: {rule: string, outcome: string, count: number}[], references: Reference[]}} Account
 * @typedef {{name: string, collectedAt: string, snapshot: string, scope: string[], inputs: Input[], elements: Thing[],
 *   relationships: Relationship[], instances: Instance[], views: View[], notRead: NotRead[], rules: Rule[], notes: string[],
 *   code?: {both: number, declaredOnly: number, liveOnly: number, unmatched: Unmatched[]}, account: Account}} Model
 */

/**
 * @typedef {{open: string[], closed: string[]}} Folds which boundaries are opened and which are closed by hand
 * @typedef {{svg: string, view?: View, closed?: string[]}} Drawing a picture, the view as it was drawn where boundaries of it are folded, and
 *   the nodes of boundaries that the viewer is to close in it
 * @typedef {{format: string, version: string, views: {key: string, nodes: {id: string, x: number, y: number, w: number, h: number, placed?: boolean}[]}[]}} Layout
 *   a layout file: docs/formats/layout.md
 * @typedef {object} Source where a viewer has its architecture from
 * @property {unknown} model as of model.json
 * @property {(key: string, folds: Folds) => string | Drawing | Promise<string | Drawing>} picture the picture of a view as the text of an
 *   SVG; one that it does not have is ''. What it does not fold or unfold itself the viewer folds in the picture that it got.
 * @property {(layout: Layout) => void | Promise<void>} [save] keeps where things were put; without it the layout is offered as a file
 * @typedef {{read: () => string, write: (text: string, quiet: boolean) => void, listen: (changed: () => void, signal: AbortSignal) => void}} Address
 *   where the viewer keeps what it shows, so that it can be linked to
 * @typedef {{read: () => string, write: (text: string) => void}} Drafts
 * @typedef {object} Options
 * @property {Address} [address] none: only in memory
 * @property {Drafts} [drafts] where places are kept that were not saved yet; none: they are gone with the page
 * @property {boolean} [fixed] boxes stay where they are: nothing is offered to place them with
 * @property {boolean} [inside] the viewer is a part of a page that has its own heading and its own main part
 * @property {(svg: string) => any} [trust] makes of the text of a picture what the page's policy wants a parser to be given (Trusted Types)
 * @property {(evidence: Evidence) => Node | null} [proof] what stands with a piece of evidence: where it is proven
 * @property {(id: string) => Promise<Node | null> | Node | null} [extra] what a page knows besides of an element or a relationship; it stands below what the viewer says
 * @property {boolean} [titles] the title of the host's document follows what is shown
 * @property {boolean} [themes] the viewer offers themes, and sets data-theme on the root of the document, by which pictures go
 */

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{x: number, y: number, w: number, h: number}} Rect
 * @typedef {{id: string, element: string, parent: string, kids: string[], frame: boolean, g: SVGGElement, outline: SVGGraphicsElement, rect: Rect,
 *   head: {left: number, right: number, low: number}}} Box head: how wide what stands at the upper left and right of a boundary is, and how far down it reaches
 * @typedef {{index: number, g: SVGGElement, source: string, target: string, way: Point[], label: Rect | null, about: Line}} Wire a line as it is drawn
 * @typedef {{key: string, view: View, svg: SVGSVGElement, x: number, y: number, w: number, h: number, body: Point,
 *   boxes: Map<string, Box>, wires: Wire[], folded: Set<string>, closed: string[],
 *   written: Map<Element, string>, plan: import('./arrange.js').Plan | null, print: string, top: number, drawn: number}} Picture plan: as it was written last; print: tells apart what was drawn elsewhere; top and drawn: where it began and how high it was before anything was moved; written: what was last written to each part of it, so that only what differs is written again
 */

/**
 * @typedef {'in' | 'out' | 'both'} Direction
 * @typedef {Record<string, string[]>} Filter values that are wanted, by facet
 * @typedef {object} State what is shown; all of it stands in the address
 * @property {string} view
 * @property {string} select an element, or a relationship
 * @property {string} page '' or 'account'
 * @property {Filter} filter
 * @property {boolean} hide what does not fit is hidden; otherwise it steps back
 * @property {string} focus
 * @property {number} depth
 * @property {Direction} direction
 * @property {string} from where a path begins
 * @property {string} to
 * @property {string[]} open
 * @property {string[]} closed
 * @property {string} at the middle of what is in sight and the scale: "x,y,scale"; '' when the picture is fitted
 */

/**
 * @typedef {object} Index a model that can be looked up
 * @property {Model} model
 * @property {Map<string, Thing>} elements
 * @property {Map<string, Relationship>} relationships
 * @property {Map<string, Rule>} rules
 * @property {Map<string, View>} views
 * @property {Map<string, Thing[]>} children
 * @property {Map<string, Relationship[]>} outgoing
 * @property {Map<string, Relationship[]>} incoming
 * @property {Map<string, View[]>} viewsOf by subject
 * @property {Map<string, View[]>} order of the list of views, by kind
 * @property {Map<string, string>} [resting] elements by the resource that they rest on, made when they are first asked for
 * @property {View | undefined} landscape
 * @property {View | undefined} first
 */

/**
 * @typedef {{x: number, y: number, scale: number, fitted: boolean, frame: number, flight: number, settle: number}} Camera
 * @typedef {Map<string, Point>} Moves how far boxes were moved by hand
 * @typedef {object} Viewer one viewer on a page
 * @property {string} id begins the ids in its document
 * @property {HTMLElement} root
 * @property {Record<string, HTMLElement>} parts
 * @property {Source} source
 * @property {Options} options
 * @property {Index} index
 * @property {State} state
 * @property {View | undefined} view the one that is shown
 * @property {Picture | null} picture
 * @property {Camera} camera
 * @property {number} drawn how many pictures were put in place, so that the ids of no two are the same
 * @property {Map<string, Moves>} moves by picture
 * @property {Map<string, Layout['views'][number]['nodes']>} seats where everything is in the views in which something was placed
 * @property {{view: string, moves: Moves}[]} undo what was before each move, the last one last
 * @property {{view: string, moves: Moves}[]} redo what was undone, the last one last
 * @property {Map<string, {view: string, print: string}>} prints the pictures that were shown, by their keys
 * @property {(e: Event) => void} warn asks whether to leave, while something is not saved
 * @property {string} said what is filtered, in words
 * @property {string} saved the places as they were saved last, '' for none
 * @property {import('./draft.js').Draft[]} drafts places that were not saved when the page was left, of views that were not shown since
 * @property {{node: string, before: Moves} | null} moving a box in the hands of the keyboard
 * @property {AbortSignal} signal ends all listeners
 * @property {(patch: Partial<State>, how?: {quiet?: boolean}) => void} go
 * @property {(text: string) => void} say to those who hear the page
 */

export {};
