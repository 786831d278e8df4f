using System.Net;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;

namespace Alumia.Lab.Tests.Billing;

/// <summary>The file of transactions, as a browser gets it.</summary>
public sealed class TransactionsFileTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private Till Till => new(shared.Lab);

    [Fact]
    public async Task It_has_all_lines_and_names_no_project_that_the_reader_may_not_see()
    {
        var owner = await Till.FoundAsync("fileowner");
        await People.JoinAsync(shared.Lab, owner, "filemember", OrgRole.Member);
        await Till.DepositAsync(owner, 4_000);
        var secret = await Till.Get<ProjectDirectory>().CreateAsync(owner, new ProjectEdit("Mine") { Visibility = ProjectVisibility.Private }, Ended);
        await Till.Get<Writer>().Write(tx => LedgerBook.Record(tx,
            new StepOrder(owner.OrgId, null, null, secret.Id, Id.New("stp", tx.NowMs), null, "groq/llama-3.1-8b-instant", "groq", default, StepSource.Free), new TokenUsage(12, 0, 34), false, StepStop.Finished), Ended);

        var mine = await ReadAsync("fileowner");
        var theirs = await ReadAsync("filemember");
        Assert.Equal((3, 3), (mine.Length, theirs.Length));
        Assert.StartsWith("Time (UTC),Kind,Amount (USD),About,Paid by,", mine[0], StringComparison.Ordinal);
        Assert.Contains(",Usage,0.00,groq/llama-3.1-8b-instant,Free,12,0,34,no,", mine[1], StringComparison.Ordinal);
        Assert.Contains(secret.Id, mine[1], StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Id, theirs[1], StringComparison.Ordinal);
        Assert.Contains(",Deposit,40.00,", mine[2], StringComparison.Ordinal);
        Assert.Equal(2, (await ReadAsync("fileowner", "?kind=deposit")).Length);
    }

    [Fact]
    public async Task A_word_that_there_is_not_is_answered_400()
    {
        await Till.FoundAsync("filewrong");
        using var client = await People.BrowseAsync(shared.Lab, "filewrong");
        using var answer = await client.GetAsync("/filewrong/billing/transactions.csv?kind=gift", Ended);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<string[]> ReadAsync(string name, string query = "")
    {
        using var client = await People.BrowseAsync(shared.Lab, name);
        using var answer = await client.GetAsync("/fileowner/billing/transactions.csv" + query, Ended);
        Assert.Equal(("text/csv", "fileowner-transactions.csv"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.FileName?.Trim('"')));
        return (await answer.Content.ReadAsStringAsync(Ended)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
