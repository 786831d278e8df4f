using System.Globalization;

namespace Alumia.Lab.Offline.Services.GitHub;

/// <summary>A comment under an issue.</summary>
internal sealed record Comment(long Id, string Author, string Body, long AtMs);

/// <summary>An issue of an account's one repository.</summary>
internal sealed record Issue(int Number, string Title, string Body, string Author, string State, IReadOnlyList<string> Labels, IReadOnlyList<Comment> Comments, long CreatedAtMs, long UpdatedAtMs)
{
    public const string Kind = "issue";

    /// <summary>The issue as GitHub's resource.</summary>
    public object Resource(string owner) => new
    {
        id = 1_000_000L + Number,
        number = Number,
        title = Title,
        body = Body,
        state = State,
        user = GitHubShapes.User(Author),
        labels = Labels.Select(label => new { name = label }),
        assignees = Array.Empty<object>(),
        comments = Comments.Count,
        created_at = GitHubShapes.Time(CreatedAtMs),
        updated_at = GitHubShapes.Time(UpdatedAtMs),
        closed_at = State == "closed" ? GitHubShapes.Time(UpdatedAtMs) : null,
        html_url = $"https://github.offline.example/{owner}/{GitHubShapes.Repository}/issues/{Number}",
        repository_url = $"https://github.offline.example/repos/{owner}/{GitHubShapes.Repository}",
    };
}

/// <summary>A file of an account's one repository.</summary>
internal sealed record RepoFile(string Path, string Text)
{
    public const string Kind = "file";

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>GitHub's objects that are not kept.</summary>
internal static class GitHubShapes
{
    /// <summary>The one repository that each account has.</summary>
    public const string Repository = "notes";

    public static object User(string login) => new { login, id = login.Length, type = "User", html_url = $"https://github.offline.example/{login}" };

    public static object Repo(string owner, int openIssues) => new
    {
        id = owner.Length,
        name = Repository,
        full_name = $"{owner}/{Repository}",
        @private = false,
        owner = User(owner),
        description = "Notes and a small program",
        default_branch = "main",
        open_issues_count = openIssues,
        html_url = $"https://github.offline.example/{owner}/{Repository}",
    };

    public static object CommentOf(Comment comment) => new { id = comment.Id, user = User(comment.Author), body = comment.Body, created_at = Time(comment.AtMs), updated_at = Time(comment.AtMs) };

    public static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
