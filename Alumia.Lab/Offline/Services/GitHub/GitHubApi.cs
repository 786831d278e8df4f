using System.Text;
using Alumia.Lab.Offline.OAuth;

namespace Alumia.Lab.Offline.Services.GitHub;

/// <summary>GitHub's REST API: an account with one public repository, its issues and its files. Everybody may read it; writing is for who owns it.</summary>
internal static class GitHubApi
{
    public const string Host = "api.github.com";

    private static readonly string[] _write = [OAuthScopes.PublicRepo, OAuthScopes.Repo];

    public sealed record Writing(string? Title, string? Body, string? State, IReadOnlyList<string>? Labels);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/user", (ServiceCaller caller) => new { login = caller.Person.Login, id = caller.Person.Login.Length, name = caller.Person.Name, email = caller.Account, type = "User" });
        api.MapGet("/user/repos", async (ServiceCaller caller, ServiceStore store, CancellationToken ended) => new[] { await RepoAsync(store, caller.Person, ended) });
        api.MapGet("/search/issues", SearchAsync);
        var repo = api.MapGroup("/repos/{owner}/{repo}");
        repo.MapGet("/", async (string owner, string repo, ServiceCaller caller, ServiceStore store, CancellationToken ended) => await RepoAsync(store, Owner(owner, repo), ended));
        repo.MapGet("/contents/{**path}", ContentsAsync);
        repo.MapGet("/issues", ListAsync);
        repo.MapPost("/issues", CreateAsync).Takes(_write);
        repo.MapGet("/issues/{number:int}", async (string owner, string repo, int number, ServiceCaller caller, ServiceStore store, CancellationToken ended) =>
            (await FindAsync(store, Owner(owner, repo), number, ended)).Resource(owner));
        repo.MapPatch("/issues/{number:int}", EditAsync).Takes(_write);
        repo.MapGet("/issues/{number:int}/comments", async (string owner, string repo, int number, ServiceCaller caller, ServiceStore store, CancellationToken ended) =>
            (await FindAsync(store, Owner(owner, repo), number, ended)).Comments.Select(GitHubShapes.CommentOf));
        repo.MapPost("/issues/{number:int}/comments", CommentAsync).Takes(_write);
    }

    private static async Task<object> ListAsync(string owner, string repo, string? state, string? labels, int? per_page, int? page, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        var wanted = (labels ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (await IssuesAsync(store, Owner(owner, repo), ended))
            .Where(issue => (state == "all" || issue.State == (state ?? "open")) && wanted.All(label => issue.Labels.Contains(label, StringComparer.OrdinalIgnoreCase)))
            .Take(Page(per_page, page)).Select(issue => issue.Resource(owner)).ToList();
    }

    private static async Task<object> SearchAsync(string? q, int? per_page, int? page, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        if (string.IsNullOrWhiteSpace(q))
            throw Refusal.Invalid("q", "q is missing");
        var found = new List<(string Owner, Issue Issue)>();
        foreach (var person in OAuthPerson.All)
            found.AddRange((await IssuesAsync(store, person, ended)).Where(issue => IssueQuery.Matches(q, issue, person.Login, caller.Person.Login)).Select(issue => (person.Login, issue)));
        return new { total_count = found.Count, incomplete_results = false, items = found.OrderByDescending(pair => pair.Issue.CreatedAtMs).Take(Page(per_page, page)).Select(pair => pair.Issue.Resource(pair.Owner)) };
    }

    private static async Task<object> CreateAsync(string owner, string repo, Writing writing, HttpContext context, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        if (string.IsNullOrWhiteSpace(writing.Title))
            throw Refusal.Invalid("title", "title is missing");
        var issue = await store.AddAsync(Writable(owner, repo, caller).Email, Issue.Kind, (tx, count) =>
            ($"{count + 1}", new Issue(count + 1, writing.Title, writing.Body ?? "", caller.Person.Login, "open", writing.Labels ?? [], [], tx.NowMs, tx.NowMs)), ended);
        return Results.Json(issue.Resource(owner), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<object> EditAsync(string owner, string repo, int number, Writing writing, TimeProvider clock, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        if (writing.State is not (null or "open" or "closed"))
            throw Refusal.Invalid("state", "state is open or closed");
        return (await store.ChangeAsync<Issue>(Writable(owner, repo, caller).Email, Issue.Kind, $"{number}", issue => issue with
        {
            Title = writing.Title ?? issue.Title,
            Body = writing.Body ?? issue.Body,
            State = writing.State ?? issue.State,
            Labels = writing.Labels ?? issue.Labels,
            UpdatedAtMs = clock.NowMs(),
        }, ended) ?? throw Refusal.NotFound("issue")).Resource(owner);
    }

    private static async Task<IResult> CommentAsync(string owner, string repo, int number, Writing writing, TimeProvider clock, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        if (string.IsNullOrWhiteSpace(writing.Body))
            throw Refusal.Invalid("body", "body is missing");
        var issue = await store.ChangeAsync<Issue>(Owner(owner, repo).Email, Issue.Kind, $"{number}", issue => issue with
        {
            Comments = [.. issue.Comments, new Comment(number * 1000L + issue.Comments.Count + 1, caller.Person.Login, writing.Body, clock.NowMs())],
            UpdatedAtMs = clock.NowMs(),
        }, ended) ?? throw Refusal.NotFound("issue");
        return Results.Json(GitHubShapes.CommentOf(issue.Comments[^1]), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ContentsAsync(string owner, string repo, string? path, HttpRequest request, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        var files = await store.ListAsync<RepoFile>(Owner(owner, repo).Email, RepoFile.Kind, ended);
        var wanted = (path ?? "").Trim('/');
        if (files.FirstOrDefault(file => file.Path == wanted) is not { } found)
        {
            var inside = files.Where(file => wanted.Length == 0 || file.Path.StartsWith(wanted + "/", StringComparison.Ordinal)).ToList();
            return inside.Count > 0 ? Results.Json(Listed(inside, wanted)) : throw Refusal.NotFound("file");
        }
        if (request.Headers.Accept.ToString().Contains("raw", StringComparison.Ordinal))
            return Results.Text(found.Text, "application/vnd.github.raw+json; charset=utf-8");
        var bytes = Encoding.UTF8.GetBytes(found.Text);
        return Results.Json(new { type = "file", name = found.Name, path = found.Path, size = bytes.Length, encoding = "base64", content = Convert.ToBase64String(bytes) });
    }

    /// <summary>What stands in a folder: its files, and its folders once each.</summary>
    private static IEnumerable<object> Listed(IEnumerable<RepoFile> inside, string folder) => inside
        .Select(file => file.Path[(folder.Length == 0 ? 0 : folder.Length + 1)..].Split('/'))
        .Select(parts => (Name: parts[0], Type: parts.Length > 1 ? "dir" : "file")).Distinct()
        .Select(entry => new { type = entry.Type, name = entry.Name, path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}" });

    private static async Task<object> RepoAsync(ServiceStore store, OAuthPerson owner, CancellationToken ended) =>
        GitHubShapes.Repo(owner.Login, (await IssuesAsync(store, owner, ended)).Count(issue => issue.State == "open"));

    private static async Task<IReadOnlyList<Issue>> IssuesAsync(ServiceStore store, OAuthPerson owner, CancellationToken ended) =>
        [.. (await store.ListAsync<Issue>(owner.Email, Issue.Kind, ended)).OrderByDescending(issue => issue.Number)];

    private static async Task<Issue> FindAsync(ServiceStore store, OAuthPerson owner, int number, CancellationToken ended) =>
        await store.FindAsync<Issue>(owner.Email, Issue.Kind, $"{number}", ended) ?? throw Refusal.NotFound("issue");

    private static OAuthPerson Owner(string owner, string repo) =>
        repo.Equals(GitHubShapes.Repository, StringComparison.OrdinalIgnoreCase) && OAuthPerson.All.FirstOrDefault(person => person.Login.Equals(owner, StringComparison.OrdinalIgnoreCase)) is { } person
            ? person : throw Refusal.NotFound("repository");

    // Issues of a public repository are anybody's to make; only editing asks for its owner, and the service says 404 to others.
    private static OAuthPerson Writable(string owner, string repo, ServiceCaller caller) =>
        Owner(owner, repo) is var person && person == caller.Person ? person : throw Refusal.NotFound("repository");

    private static Range Page(int? size, int? page)
    {
        var most = Math.Clamp(size ?? 30, 1, 100);
        var from = (Math.Clamp(page ?? 1, 1, 1_000_000) - 1) * most;
        return from..(from + most);
    }
}
