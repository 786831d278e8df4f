using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Limits;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.OpenAi;

/// <summary>A completion by an agent: one turn of a session in the org's API project, which goes on with each request that brings its history.</summary>
internal sealed class AgentCompletion(AgentDirectory agents, ProjectDirectory projects, Conversations conversations, SessionNames names, ApiLimits limits)
{
    public const string Prefix = "agent/";
    private const string SessionHeader = "X-Alumia-Session";

    /// <exception cref="Refusal">Too many requests, no member, or the agent is switched off.</exception>
    /// <exception cref="OpenAiFault">No such agent, a request that it cannot take, or a turn that gave no answer.</exception>
    public async Task AnswerAsync(OrgScope scope, ChatRequest request, HttpResponse response, CompletionWriter writer, CancellationToken cancellation)
    {
        if (request.Tools is { Count: > 0 })
            throw OpenAiFault.BadRequest("tools", "An agent uses its own tools. Send \"tools\" to a model of the catalogue instead.");
        var slug = request.Model![Prefix.Length..];
        var agent = (await agents.ListAsync(scope, cancellation)).FirstOrDefault(one => one.Slug == slug) ?? throw OpenAiFault.NoModel(request.Model);
        if (!agent.IsActive)
            throw Refusal.Conflict($"{agent.Name} is switched off. Switch it on in its settings, or choose another agent.");
        var history = new AgentHistory($"{scope.UserId}/{agent.Id}", request.Messages!);
        var (session, sent) = await SendAsync(scope, agent, history, cancellation);
        if (sent.Limit is { } limit)
            limits.Tell(response, LimitGroup.Chat, limit);
        response.Headers[SessionHeader] = session.Id;

        var answer = new AgentAnswer(sent.TurnId!, writer);
        await foreach (var frames in conversations.FollowAsync(session, new Cursor(session.LastSequence, 0), cancellation))
        {
            if (answer.Take(frames))
                await writer.FlushAsync(cancellation);
            if (answer.FinishReason is { } reason)
            {
                // Named before the client has the answer, for it may go on at once.
                await names.GiveAsync(session, history.NameAfter(answer.Text), cancellation);
                await writer.EndAsync(reason, answer.Usage, cancellation);
                return;
            }
        }
    }

    private async Task<(Session, Sent)> SendAsync(OrgScope scope, Agent agent, AgentHistory history, CancellationToken cancellation)
    {
        var message = new NewMessage($"openai-{Guid.NewGuid():N}", history.Text, RefuseUnpaid: true);
        if (history.Name is not { } name || await names.TakeAsync(scope, name, cancellation) is not { } session)
        {
            var project = await projects.ApiProjectAsync(scope, cancellation);
            return await conversations.BeginAsync(scope, new NewSession(project, agent, null, null, history.Earlier()), message, cancellation);
        }
        try
        {
            return (session, await conversations.SendAsync(scope, session, message, cancellation));
        }
        catch (Refusal)
        {
            await names.GiveAsync(session, name, CancellationToken.None);
            throw;
        }
    }
}
