using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>Nodes made for tests of what needs no database.</summary>
internal static class Nodes
{
    public static AgentNode Agent(string id, Box box, SessionStatus status = SessionStatus.Idle) => new(
        new Session { Id = id, OrgId = "org", ProjectId = "prj", AgentId = "agt", Label = $"Session {id}", MakerId = "usr", CreatedAtMs = 0, Status = status },
        new Agent { Id = "agt", OrgId = "org", Slug = "ala", Name = "Ala", Colour = "#3D4ED8", ModelId = "groq/x", CreatedAtMs = 0 },
        box, IsCollapsed: false);

    public static BlockNode Block(string id, string? sessionId, Box box, bool isCollapsed = false, BlockKind kind = BlockKind.Document) => new(
        new Block { Id = id, OrgId = "org", ProjectId = "prj", SessionId = sessionId, Kind = kind, Title = $"Block {id}", CreatedAtMs = 0 }, box, isCollapsed);

    public static CanvasNode At(CanvasNode node, Box box) => node with { Box = box };
}
