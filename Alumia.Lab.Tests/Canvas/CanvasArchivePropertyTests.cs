using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Alumia.Lab.Agents;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Canvas;

/// <summary>Whatever stands on a canvas: what goes out comes in again.</summary>
public sealed partial class CanvasArchivePropertyTests(BothLabs labs) : IClassFixture<BothLabs>
{
    private static readonly Gen<int[]> _deeds = Gen.Int[0, 9_999].Array[5, 60];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task Export_and_import_gives_the_same_canvas(StorageProvider provider)
    {
        var bench = await labs.OnAsync(provider);
        var other = await People.JoinAsync(bench.Lab, bench.Scope with { Role = OrgRole.Owner }, $"mate-{provider}".ToLowerInvariant(), OrgRole.Member);
        var scribe = await bench.Lab.Services.GetRequiredService<AgentDirectory>().CreateAsync(bench.Scope, AgentEdit.Of(bench.Ala) with { Name = "Scribe", SystemPrompt = "You keep the secret word plinth." }, Ct);
        await _deeds.SampleAsync(async deeds =>
        {
            var project = await RandomProject.MakeAsync(bench, other, [bench.Ala, scribe], deeds);
            await AssertComesBackAsync(bench, project);
        }, iter: provider == StorageProvider.Sqlite ? Soak.Count(25, 300) : Soak.Count(8, 100), threads: 1);
    }

    private static async Task AssertComesBackAsync(Bench bench, Project project)
    {
        var archive = bench.Lab.Services.GetRequiredService<CanvasArchive>();
        var bytes = CanvasFileJson.Write(await archive.ExportAsync(bench.Scope, project.Id, Ct));
        var text = Encoding.UTF8.GetString(bytes);
        foreach (var secret in new[] { bench.Scope.OrgId, bench.Scope.UserId, "usr_", "agt_", "@example.com", "plinth" })
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);

        var imported = await archive.ImportAsync(bench.Scope, CanvasFileJson.Read(bytes), "Another name", Ct);
        Assert.NotEqual(project.Id, imported.Id);
        var again = CanvasFileJson.Write(await archive.ExportAsync(bench.Scope, imported.Id, Ct));
        Assert.Equal(Plain(bytes), Plain(again));
        Assert.Equal(await ShownAsync(bench, project.Id), await ShownAsync(bench, imported.Id));
        foreach (var session in await bench.Conversations.ListAsync(bench.Scope, imported.Id, Ct))
            Assert.False(session.Status.IsLive());
    }

    /// <summary>A file without what is new each time: ids, its time, the project's name.</summary>
    private static string Plain(byte[] bytes)
    {
        var file = CanvasFileJson.Read(bytes) with { ExportedAtMs = 0 };
        var ids = file.Sessions.Select(session => session.Id).Concat(file.Blocks.Select(block => block.Id)).ToList();
        file = file with { Project = file.Project with { Name = "" } };
        return Ids().Replace(Encoding.UTF8.GetString(CanvasFileJson.Write(file)), id => ids.IndexOf(id.Value) is >= 0 and var place ? $"node {place}" : "lost");
    }

    /// <summary>What people see of the canvas: its nodes, what each session's transcript shows, and the versions of each block.</summary>
    private static async Task<string> ShownAsync(Bench bench, string projectId)
    {
        var shelf = bench.Lab.Services.GetRequiredService<BlockShelf>();
        var nodes = await bench.Lab.Services.GetRequiredService<CanvasBoard>().ReadAsync(bench.Scope, projectId, Ct);
        var order = nodes.Select(node => node.Id).ToList();
        var text = new StringBuilder();
        foreach (var node in nodes.OrderBy(node => node.Box.X).ThenBy(node => node.Box.Y).ThenBy(node => node.Title))
        {
            text.Append(CultureInfo.InvariantCulture, $"{node.GetType().Name} {node.Title} {node.Box} {node.IsCollapsed} {node.JoinedTo is { } to && order.Contains(to)}\n");
            if (node is AgentNode agent)
                text.Append(await TranscriptAsync(bench, agent));
            if (node is BlockNode block)
            {
                var versions = await shelf.VersionsAsync(bench.Scope, block.Id, Ct);
                var names = await bench.Lab.Services.GetRequiredService<BlockAuthors>().NamesAsync(bench.Scope, versions, Ct);
                foreach (var version in versions)
                    text.Append(CultureInfo.InvariantCulture, $"  {version.Version} of {block.Block.Version} {version.Title} {version.By} {names[version.ById]} {version.AtMs} {version.BaseVersion} {version.IsClash} {version.Content}\n");
            }
        }
        return Ids().Replace(text.ToString(), "an id");
    }

    private static async Task<string> TranscriptAsync(Bench bench, AgentNode node)
    {
        var page = await bench.Conversations.PageAsync(bench.Scope, node.Id, messages: 10_000, cancellation: Ct);
        var transcript = new Transcript();
        transcript.Prepend(page);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"  {node.Name} {node.Session.ModelId}\n");
        foreach (var turn in transcript.Turns.Where(turn => !turn.IsOpen && turn.Failure?.Code != "interrupted"))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {turn.MessageId} {turn.Revision} {turn.Text} {turn.UserId is null && turn.Author is null} {turn.StartedAtMs} {turn.EndedAtMs} {turn.FinishReason} {turn.Failure}\n");
            foreach (var step in turn.Steps)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {step.Number} {step.MessagesLeftOut} {step.Usage}\n");
                foreach (var part in step.Parts)
                {
                    text.Append(part is ProsePart prose
                        ? $"      {prose.IsReasoning} {prose.Text}\n"
                        : part is ToolPart call ? $"      {call.Tool} {call.Arguments} {call.State} {call.StartedAtMs} {call.Output} {call.Result} {call.DurationMs} {call.Rejection}\n" : "?");
                }
            }
        }
        return text.ToString();
    }

    [GeneratedRegex("(ses|blk|trn)_[0-9a-z]{26}")]
    private static partial Regex Ids();
}
