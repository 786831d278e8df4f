using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Peers;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(PeersDriver))]

namespace Alumia.Lab.Tests.Peers;

/// <summary>Makes peers and sends messages between them in a lab that runs as a process of its own, so that it can be killed among them. The lab itself has no part of it.</summary>
public sealed class PeersDriver : IHostingStartup, IStartupFilter
{
    public const string Path = "/peers-driver";
    private OrgScope? _scope;

    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(this));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Map(Path, driver => driver.Run(AnswerAsync));
        next(app);
    };

    private async Task AnswerAsync(HttpContext context)
    {
        var (services, query, gone) = (context.RequestServices, context.Request.Query, context.RequestAborted);
        var scope = _scope ??= await ScopeAsync(services, gone);
        switch (context.Request.Path.Value)
        {
            case "/found":
                await context.Response.WriteAsync(string.Join(' ', await FoundAsync(services, scope, int.Parse(query["peers"]!, System.Globalization.CultureInfo.InvariantCulture), gone)), gone);
                break;
            case "/send":
                foreach (var message in (await context.Request.ReadFromJsonAsync<List<Sending>>(gone))!)
                    await services.GetRequiredService<Writer>().Write(tx => Send(tx, scope, query["project"]!, message), gone);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static async Task<OrgScope> ScopeAsync(IServiceProvider services, CancellationToken gone)
    {
        var user = await services.GetRequiredService<DemoLab>().OpenAsync(gone);
        return (await services.GetRequiredService<OrgDirectory>().ScopeAsync(user.Id, DemoLab.Slug, gone))!;
    }

    /// <summary>The project's id, then those of the sessions: <c>p0</c>, <c>p1</c> and so on are their agents' names.</summary>
    private static async Task<List<string>> FoundAsync(IServiceProvider services, OrgScope scope, int peers, CancellationToken gone)
    {
        var agents = services.GetRequiredService<AgentDirectory>();
        var project = (await services.GetRequiredService<ProjectDirectory>().ListAsync(scope, null, false, gone))[0];
        var ala = AgentEdit.Of(await agents.FindAsync(scope, Agent.AlaSlug, gone));
        var ids = new List<string> { project.Id };
        for (var peer = 0; peer < peers; peer++)
        {
            var agent = await agents.CreateAsync(scope, ala with { Name = $"p{peer}" }, gone);
            ids.Add((await services.GetRequiredService<Conversations>().CreateAsync(scope, project.Id, agent.Id, cancellation: gone)).Id);
        }
        return ids;
    }

    /// <summary>Once, however often it is asked for: who heard no answer does not know whether it was sent.</summary>
    private static void Send(Tx tx, OrgScope scope, string project, Sending message)
    {
        var scene = PeerScene.Open(tx, scope.OrgId, project, message.From);
        if (!tx.One("SELECT 1 FROM peer_message WHERE from_session_id = @from AND to_session_id = @to AND text = @text", static _ => true, ("from", message.From), ("to", message.To), ("text", message.Text)))
            PeerMail.Send(tx, scene.Me.Sender, message.To, message.AsksForAnswer ? PeerMessageKind.Message : PeerMessageKind.Reply, message.Text, scope.UserId);
    }
}

/// <summary>A message to be sent once.</summary>
public sealed record Sending(string From, string To, string Text, bool AsksForAnswer);
