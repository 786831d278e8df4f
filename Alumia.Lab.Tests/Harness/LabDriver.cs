using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Billing;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sessions.Cluster;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

[assembly: HostingStartup(typeof(LabDriver))]

namespace Alumia.Lab.Tests.Harness;

/// <summary>
/// Drives a <see cref="LabProcess"/> from outside, as its demo org's owner: a hosting startup adds a few addresses under <c>/driver</c> that
/// call <see cref="Conversations"/>, and some that make a key of the API, begin a deposit, fill the balance and name the process. The lab itself has no part of it.
/// </summary>
public sealed class LabDriver : IHostingStartup, IStartupFilter
{
    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(this));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Map("/driver", driver => driver.Run(async context =>
        {
            try
            {
                await AnswerAsync(context);
            }
            catch (OperationCanceledException)
            {
                // The watcher went, or the lab stops.
            }
        }));
        next(app);
    };

    private static async Task AnswerAsync(HttpContext context)
    {
        var services = context.RequestServices;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var gone = either.Token;
        var conversations = services.GetRequiredService<Conversations>();
        var user = await services.GetRequiredService<DemoLab>().OpenAsync(gone);
        var scope = (await services.GetRequiredService<OrgDirectory>().ScopeAsync(user.Id, DemoLab.Slug, gone))!;
        var session = context.Request.Query["session"].ToString();
        switch (context.Request.Path.Value)
        {
            case "/new":
                var project = (await services.GetRequiredService<ProjectDirectory>().ListAsync(scope, null, false, gone))[0];
                var ala = await services.GetRequiredService<AgentDirectory>().FindAsync(scope, Agent.AlaSlug, gone);
                await context.Response.WriteAsync((await conversations.CreateAsync(scope, project.Id, ala.Id, context.Request.Query["model"], cancellation: gone)).Id, gone);
                break;
            case "/fund":
                await services.GetRequiredService<Writer>().Write(tx => LedgerBook.Credit(tx, scope.OrgId, 100 * Money.Dollar, "deposit:driver", "driver"), gone);
                break;
            case "/node":
                await context.Response.WriteAsync(services.GetRequiredService<Node>().Name, gone);
                break;
            case "/key":
                await context.Response.WriteAsync((await services.GetRequiredService<ApiKeys>().CreateAsync(scope, "Driver", KeyScopes.All, null, gone)).Secret, gone);
                break;
            case "/deposit":
                await context.Response.WriteAsync((await services.GetRequiredService<Deposits>().StartAsync(scope, 2_500, null, false, gone)).SessionId, gone);
                break;
            case "/send":
                var sent = await conversations.SendAsync(scope, session, new NewMessage(context.Request.Query["id"]!, context.Request.Query["text"]!), gone);
                await context.Response.WriteAsync(sent.Outcome.ToString(), gone);
                break;
            case "/resume":
                await conversations.ResumeAsync(scope, session, gone);
                break;
            case "/cancel":
                await conversations.CancelAsync(scope, session, gone);
                break;
            case "/watch":
                _ = Cursor.TryParse(context.Request.Query["from"], out var from);
                await foreach (var frames in conversations.WatchAsync(scope, session, from, gone))
                {
                    await context.Response.WriteAsync(string.Concat(frames.Select(frame => JsonSerializer.Serialize(Line.Of(frame)) + "\n")), gone);
                    await context.Response.Body.FlushAsync(gone);
                }
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    /// <summary>One step at a lab: one of the addresses above, by somebody who comes this once.</summary>
    public static async Task<string> TextAsync(LabProcess lab, string path)
    {
        using var client = lab.Client();
        return await TextAsync(client, path);
    }

    /// <summary>The same of somebody with cookies of their own.</summary>
    public static Task<string> TextAsync(HttpClient person, string path) => person.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>The address that sends a message.</summary>
    public static string Send(string session, string messageId, string text) => $"/driver/send?session={session}&id={messageId}&text={Uri.EscapeDataString(text)}";

    /// <summary>A frame as it travels: its kind, the cursor after it, and text.</summary>
    public sealed record Line(string Kind, string After, string Text)
    {
        public static Line Of(Frame frame) => frame switch
        {
            DeltaFrame delta => new("delta", delta.After.ToString(), delta.Text),
            CutFrame => new("cut", frame.After.ToString(), ""),
            CaughtUpFrame => new("caught-up", frame.After.ToString(), ""),
            EventFrame { Event.Data: TextWritten text } => new("text", frame.After.ToString(), text.Text),
            EventFrame stored => new(stored.Event.Data.GetType().Name, frame.After.ToString(), ""),
            _ => throw new ArgumentOutOfRangeException(nameof(frame)),
        };
    }
}
