using Alumia.Lab.Organizations;

namespace Alumia.Lab.Connectors;

/// <summary>A person's answer to the question whether another account takes a connection's place.</summary>
public sealed class ConnectAnswers
{
    private readonly ConnectReturn _back;

    internal ConnectAnswers(ConnectReturn back) => _back = back;

    /// <param name="scope">Whose question it is.</param>
    /// <param name="newsId">The question: <see cref="ConnectNews.Id"/>.</param>
    /// <param name="useOther">Whether the other account takes the place; else what it granted is revoked.</param>
    /// <param name="cancellation">Ends it before anything is stored.</param>
    /// <exception cref="Refusal">Not found: nothing is asked, or not of this person.</exception>
    public Task AnswerAsync(OrgScope scope, string newsId, bool useOther, CancellationToken cancellation) => _back.AnswerAsync(scope, newsId, useOther, cancellation);
}
