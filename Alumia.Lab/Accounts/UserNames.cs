using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Accounts;

/// <summary>How people are called on the screen.</summary>
public interface IUserNames
{
    /// <summary>The shown names of these users; who is unknown is missing.</summary>
    Task<IReadOnlyDictionary<string, string>> OfAsync(IEnumerable<string> userIds, CancellationToken cancellation = default);
}

internal sealed class UserNames(IDbContextFactory<LabDbContext> contexts) : IUserNames
{
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(IEnumerable<string> userIds, CancellationToken cancellation = default)
    {
        var ids = userIds.Distinct().ToList();
        await using var db = contexts.CreateDbContext();
        return await db.Set<User>().Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.Name, cancellation);
    }
}
