// What was dropped, until the page has confirmed that it is kept. Pieces, because one message holds 32 KB.
const PIECE = 200;

export class Drops {
  constructor(canvas) {
    this.canvas = canvas;
    this.scene = canvas.scene;
    this.unsaved = new Map();   // id -> the move that waits
  }

  take(nodes) {
    for (const node of nodes) {
      node.held = false;
      node.waits = true;
      this.scene.place(node, node.x, node.y);
      this.unsaved.set(node.id, { id: node.id, x: node.x, y: node.y });
    }
    this.scene.release();
    this.save();
  }

  // What was dropped stays unsaved until the page has said that it is kept.
  async save() {
    if (this.isSaving)
      return;
    this.isSaving = true;
    while (this.unsaved.size > 0 && !this.canvas.isCut) {
      const piece = [...this.unsaved.values()].slice(0, PIECE);
      let places = [];
      try {
        places = await this.canvas.page.invokeMethodAsync("Moved", piece);
      } catch {
        // The line broke: it is sent again when it is back. A page that is gone shows nothing any more.
        await new Promise(resolve => setTimeout(resolve, 200));
        if (this.canvas.isCut)
          break;
      }
      for (const move of piece) {
        if (this.unsaved.get(move.id) !== move)
          continue; // Moved again meanwhile.
        this.unsaved.delete(move.id);
        this.settle(this.scene.nodes.get(move.id), places.find(place => place.id === move.id));
      }
    }
    this.isSaving = false;
    this.canvas.keepInView();
  }

  // A node stands where the page says after the drop; where it says nothing, where it said last.
  settle(node, place) {
    if (!node)
      return;
    node.waits = false;
    if (place)
      [node.sx, node.sy] = [place.x, place.y];
    if (!node.held)
      this.scene.place(node, node.sx, node.sy);
  }

  // The line is back: what was dropped meanwhile is sent, and everything is as the database has it.
  async catchUp() {
    this.isSaving = false;
    await this.save();
    const nodes = await this.canvas.call("Everything");
    if (nodes)
      this.scene.take({ nodes, gone: [], order: null, edges: null });
    this.canvas.tellView();
  }
}
