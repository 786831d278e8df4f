import { memo, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Background, Handle, MiniMap, Position, ReactFlow, useEdgesState, useNodesState } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import './main.css';

// What a node says is in its data; a streamed line changes that one node's data, as React Flow's documentation does it.
const Agent = memo(({ data }) => (
  <div className="agent">
    <Handle type="source" position={Position.Right} />
    <header><b>{data.name}</b><span>{data.status}</span></header>
    <div className="line">{data.line}</div>
  </div>
));

const Document = memo(({ data }) => (
  <div className="document">
    <Handle type="target" position={Position.Left} />
    <header><b>{data.name}</b></header>
    {data.paragraphs.map((text, i) => <p key={i}>{text}</p>)}
  </div>
));

const nodeTypes = { agent: Agent, document: Document };

function Flow({ graph, size }) {
  const [nodes, setNodes, onNodesChange] = useNodesState(graph.nodes);
  const [edges, , onEdgesChange] = useEdgesState(graph.edges);

  useEffect(() => {
    const stream = new WebSocket(`ws://${location.host}/stream${location.search}`);
    stream.onmessage = message => {
      const { id, line } = JSON.parse(message.data);
      setNodes(all => all.map(node => node.id === id ? { ...node, data: { ...node.data, line } } : node));
    };
    return () => stream.close();
  }, [setNodes]);

  return (
    <div style={size}>
      <ReactFlow nodes={nodes} edges={edges} onNodesChange={onNodesChange} onEdgesChange={onEdgesChange}
        nodeTypes={nodeTypes} minZoom={0.01} fitView>
        <MiniMap />
        <Background />
      </ReactFlow>
    </div>
  );
}

const query = new URLSearchParams(location.search);
const size = { width: Number(query.get('width')), height: Number(query.get('height')) };
fetch(`graph${location.search}`).then(answer => answer.json())
  .then(graph => createRoot(document.getElementById('root')).render(<Flow graph={graph} size={size} />));
